namespace Replay.Workload;

/// <summary>What a block holds. The numbers are part of the format.</summary>
internal enum BlockKind : byte
{
    /// <summary>Exchanges.</summary>
    Exchanges = 1,

    /// <summary>Sessions, in order of number.</summary>
    Sessions = 2,

    /// <summary>Shapes, in order of number.</summary>
    Shapes = 3,

    /// <summary>Bytes that are stored once (statement texts, column lists, ...), in order of id.</summary>
    Texts = 4,

    /// <summary>Gaps.</summary>
    Gaps = 5,

    /// <summary>The headers of all blocks of the segment; the last block of a segment that was closed.</summary>
    Index = 16,

    /// <summary>Errors of a run.</summary>
    RunErrors = 32,

    /// <summary>Kept values of a run.</summary>
    RunValues = 33,

    /// <summary>One document of a run.</summary>
    RunDocument = 34,

    /// <summary>Error codes of a run, in order of index.</summary>
    RunErrorCodes = 35,
}
