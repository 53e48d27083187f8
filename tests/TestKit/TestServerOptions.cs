namespace Replay.TestKit;

/// <summary>How a <see cref="TestServer"/> is to run.</summary>
public sealed record TestServerOptions
{
    /// <summary>Whether it speaks TLS (self-signed certificate). Off by default: what is sniffed shall be readable.</summary>
    public bool Tls { get; init; }

    /// <summary>Further options: PostgreSQL <c>name=value</c> lines, MySQL <c>--name=value</c> arguments.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];
}
