namespace Replay.Network.Headers;

/// <summary>How reading a header ended.</summary>
internal enum HeaderVerdict : byte
{
    Done,

    /// <summary>The captured bytes end within the header.</summary>
    Short,

    Malformed,
    NotIp,
    NotTcp,
    UnsupportedLink,
}
