using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace AotBroker.EndToEnd.Tests;

/// <summary>`git http-backend` behind a server that lets in who has the right Authorization, and says what it takes to others.</summary>
/// <param name="projects">The directory with the repositories.</param>
internal sealed class GitServer(string projects)
{
    /// <summary>What is said of the ways to come in, with a 401.</summary>
    public string Challenge { get; init; } = "Basic realm=\"git\"";

    /// <summary>Whether this Authorization is let in now.</summary>
    public required Func<string, bool> IsAccepted { get; init; }

    public async Task AnswerAsync(HttpContext http)
    {
        if (!IsAccepted(http.Request.Headers.Authorization.ToString()))
        {
            http.Response.StatusCode = 401;
            http.Response.Headers.WWWAuthenticate = Challenge;
            return;
        }

        using var backend = Process.Start(Backend(http.Request))!;
        var answered = CopyAnswerAsync(backend.StandardOutput.BaseStream, http.Response);
        await http.Request.Body.CopyToAsync(backend.StandardInput.BaseStream);
        backend.StandardInput.Close();
        await answered;
        await backend.WaitForExitAsync();
    }

    private ProcessStartInfo Backend(HttpRequest request)
    {
        ProcessStartInfo start = new("git", ["http-backend"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment.Clear();
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["PATH"] = "/usr/local/bin:/usr/bin:/bin",
            ["HOME"] = projects,
            ["GIT_CONFIG_NOSYSTEM"] = "1",
            ["GIT_PROJECT_ROOT"] = projects,
            ["GIT_HTTP_EXPORT_ALL"] = "1",
            ["GIT_PROTOCOL"] = request.Headers["Git-Protocol"].ToString(),
            ["REQUEST_METHOD"] = request.Method,
            ["PATH_INFO"] = request.Path.Value ?? "",
            ["QUERY_STRING"] = request.QueryString.Value?.TrimStart('?') ?? "",
            ["CONTENT_TYPE"] = request.ContentType ?? "",
            ["HTTP_CONTENT_ENCODING"] = request.Headers.ContentEncoding.ToString(),
        })
        {
            start.Environment[name] = value;
        }

        return start;
    }

    /// <summary>A head as CGI has it, a blank line, and the rest as it is.</summary>
    private static async Task CopyAnswerAsync(Stream output, HttpResponse response)
    {
        List<byte> line = [];
        var octet = new byte[1];
        while (await output.ReadAsync(octet) == 1)
        {
            if (octet[0] != '\n')
            {
                line.Add(octet[0]);
                continue;
            }

            var header = Encoding.Latin1.GetString([.. line]).TrimEnd('\r');
            line.Clear();
            if (header.Length == 0)
            {
                break;
            }

            var (name, value) = (header[..header.IndexOf(':', StringComparison.Ordinal)], header[(header.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim());
            if (name == "Status")
            {
                response.StatusCode = int.Parse(value.Split(' ')[0], CultureInfo.InvariantCulture);
            }
            else
            {
                response.Headers[name] = value;
            }
        }

        await output.CopyToAsync(response.Body);
    }
}
