using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LocalTokenEndpoint.Tests;

public class DnsTests
{
    private const ushort A = 1;
    private const ushort Aaaa = 28;

    [Theory]
    [InlineData("issuer.test", A, 0, 1)]
    [InlineData("iSSuer.tEst", A, 0, 1)] // resolvers mix the case against forged answers
    [InlineData("issuer.test", Aaaa, 0, 0)]
    [InlineData("sub.issuer.test", A, 3, 0)]
    [InlineData("localhost", A, 3, 0)]
    public async Task Names_have_one_address_and_strangers_none(string name, ushort type, int code, int answers)
    {
        await using var dns = DnsResponder.Start(new IPEndPoint(IPAddress.Loopback, 0), ["issuer.test"]);
        var query = Query(name, type);

        var answer = await AskAsync(dns, query);

        Assert.Equal(query[..2], answer[..2]);
        Assert.Equal(0x80, answer[2] & 0x80);
        Assert.Equal(code, answer[3] & 0x0F);
        Assert.Equal(answers, answer[7]);
        Assert.Equal(query[12..], answer[12..query.Length]);
        if (answers == 1)
        {
            Assert.Equal(IPAddress.Loopback, new IPAddress(answer[^4..]));
        }
    }

    [Fact]
    public async Task What_is_not_a_query_is_passed_over()
    {
        await using var dns = DnsResponder.Start(new IPEndPoint(IPAddress.Loopback, 0), ["issuer.test"]);
        var query = Query("issuer.test", A);
        var response = query.ToArray();
        response[2] |= 0x80;
        var endless = query[..^5];
        using var client = new UdpClient(AddressFamily.InterNetwork);

        foreach (var wrong in new[] { [], new byte[11], response, endless })
        {
            await client.SendAsync(wrong, dns.Address);
        }

        query[0] = 0x77;
        Assert.Equal(0x77, (await AskAsync(dns, query, client))[0]);
    }

    private static byte[] Query(string name, ushort type)
    {
        var labels = name.Split('.').SelectMany(label => Encoding.ASCII.GetBytes(label).Prepend((byte)label.Length));
        return [0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0, .. labels, 0, (byte)(type >> 8), (byte)type, 0, 1];
    }

    private static async Task<byte[]> AskAsync(DnsResponder dns, byte[] query, UdpClient? client = null)
    {
        using var own = new UdpClient(AddressFamily.InterNetwork);
        client ??= own;
        await client.SendAsync(query, dns.Address);
        return (await client.ReceiveAsync()).Buffer;
    }
}
