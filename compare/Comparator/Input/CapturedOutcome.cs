using Replay.Workload;

namespace Replay.Comparator;

/// <summary>What the comparison needs of a captured exchange.</summary>
public struct CapturedOutcome
{
    /// <summary>Number of the shape; -1 if there is no text.</summary>
    public int Shape;

    /// <summary>What was asked.</summary>
    public Command Command;

    /// <summary>Facts.</summary>
    public ExchangeFlags Flags;

    /// <summary>Number of the error code; 0 if production answered without one.</summary>
    public int ErrorCode;

    /// <summary>Rows, as a run keeps them.</summary>
    public uint Rows;

    /// <summary>Rows changed, as a run keeps them.</summary>
    public uint Affected;

    /// <summary>Lower half of the order-insensitive hash.</summary>
    public uint SetHash;

    /// <summary>Lower half of the order-sensitive hash.</summary>
    public uint SequenceHash;

    /// <summary>The same of values in normal form; see <see cref="Exchange.NormalSetHash"/>.</summary>
    public uint NormalSetHash;

    /// <summary>The same of the rows in order.</summary>
    public uint NormalSequenceHash;

    /// <summary>Whether the response was seen whole.</summary>
    public readonly bool IsComplete => (Flags & ExchangeFlags.Complete) != 0;

    /// <summary>Whether the response was seen whole and its hashes cover it.</summary>
    public readonly bool IsHashed => (Flags & (ExchangeFlags.Complete | ExchangeFlags.Hashed)) == (ExchangeFlags.Complete | ExchangeFlags.Hashed);

    /// <summary>Whether a run had the same rows; null if that cannot be told.</summary>
    public readonly bool? HasRowsOf(in RunOutcome outcome) => IsComplete ? outcome.HasRowsOf(Flags, SetHash, NormalSetHash) : null;

    /// <summary>Whether it had them in the same order.</summary>
    public readonly bool HasOrderOf(in RunOutcome outcome) =>
        HasRowsOf(outcome) == true && outcome.SequenceHash == ((Flags & ExchangeFlags.NormalHashed) != 0 ? NormalSequenceHash : SequenceHash);

    /// <summary>Takes what is needed from an exchange.</summary>
    public static CapturedOutcome Of(in Exchange exchange, ErrorCodeTable codes) => new()
    {
        Shape = exchange.Shape,
        Command = exchange.Command,
        Flags = exchange.Flags,
        ErrorCode = codes.IdOf(exchange.ErrorCode),
        Rows = RunOutcome.Count(exchange.Rows),
        Affected = RunOutcome.Count(exchange.Affected),
        SetHash = (uint)exchange.SetHash,
        SequenceHash = (uint)exchange.SequenceHash,
        NormalSetHash = exchange.NormalSetHash,
        NormalSequenceHash = exchange.NormalSequenceHash,
    };
}
