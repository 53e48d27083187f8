using System.Diagnostics.CodeAnalysis;
using Replay.Network;
using Replay.Workload;

namespace Replay.Agent.Recording;

/// <summary>One <c>--server</c>: <c>postgres:5432</c>, <c>mysql:10.0.0.1:3306</c>.</summary>
/// <param name="Engine">The protocol that the user says is spoken there.</param>
/// <param name="Address">Where it listens.</param>
internal sealed record ServerSpec(Engine Engine, ServerAddress Address)
{
    /// <summary>Used by <c>pcap</c> where none is given; what the bytes say is checked in any case.</summary>
    public static IReadOnlyList<ServerSpec> Usual { get; } =
        [new(Engine.PostgreSql, new ServerAddress(null, 5432)), new(Engine.MySql, new ServerAddress(null, 3306))];

    /// <summary>Reads the option's text.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ServerSpec? spec, [NotNullWhen(false)] out string? problem)
    {
        spec = null;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var engine = (colon < 0 ? "" : text[..colon]) switch
        {
            "postgres" or "postgresql" => Engine.PostgreSql,
            "mysql" or "mariadb" => Engine.MySql,
            _ => Engine.Unknown,
        };
        if (engine == Engine.Unknown)
        {
            problem = $"--server {text}: say which protocol is spoken there, postgres or mysql: for instance postgres:5432 or mysql:10.0.0.1:3306";
            return false;
        }

        if (!ServerAddress.TryParse(text.AsSpan(colon + 1), out var address))
        {
            problem = $"--server {text}: after the protocol comes PORT or ADDRESS:PORT, with an IPv6 address in brackets";
            return false;
        }

        (spec, problem) = (new ServerSpec(engine, address), null);
        return true;
    }

    /// <summary>As the manifest has it.</summary>
    public CapturedServer ToCaptured(string? version) => new(Engine, Address.Address is null ? $":{Address.Port}" : Address.ToString(), version);

    /// <inheritdoc/>
    public override string ToString() => $"{WireText.Name(Engine)}:{Address}";
}
