using Replay.Workload;

namespace Replay.Client;

/// <summary>One exchange's request as it was recorded: what <see cref="TargetConnection.TrySend"/> needs of an <see cref="Exchange"/>.</summary>
public readonly ref struct RecordedRequest
{
    /// <summary>What was asked.</summary>
    public required Command Command { get; init; }

    /// <summary>The exchange's flags.</summary>
    public ExchangeFlags Flags { get; init; }

    /// <summary>The client's messages, headers included.</summary>
    public required ReadOnlySpan<byte> Bytes { get; init; }

    /// <summary>The parameters' types where the request does not carry them (<see cref="Exchange.ParameterTypes"/>).</summary>
    public ReadOnlySpan<byte> ParameterTypes { get; init; }

    /// <summary>MySQL: the statement id at capture time; -1 where there is none.</summary>
    public long StatementHandle { get; init; }

    /// <summary>The request of <paramref name="exchange"/>.</summary>
    public static RecordedRequest From(in Exchange exchange) => new()
    {
        Command = exchange.Command,
        Flags = exchange.Flags,
        Bytes = exchange.Request,
        ParameterTypes = exchange.ParameterTypes,
        StatementHandle = exchange.StatementHandle,
    };
}
