using System.Net;
using System.Net.Http.Headers;

namespace AotBroker.Http;

/// <summary>A body that knows whether any of it was handed to the connection.</summary>
internal sealed class SentContent : HttpContent
{
    private readonly byte[] _body;

    public SentContent(byte[] body, string? contentType)
    {
        _body = body;
        Headers.ContentType = contentType is null ? null : new MediaTypeHeaderValue(contentType);
    }

    public bool WasSent { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        WasSent = true;
        return stream.WriteAsync(_body).AsTask();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}
