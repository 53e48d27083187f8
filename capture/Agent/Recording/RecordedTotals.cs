using Replay.Protocol;

namespace Replay.Agent.Recording;

/// <summary>What was recorded so far. Written by the capture thread, read by any.</summary>
internal sealed class RecordedTotals
{
    private readonly long[] _faults = new long[Enum.GetValues<ProtocolFault>().Length];

    public long Sessions { get; set; }

    public long SessionsFromStart { get; set; }

    public long SessionsEncrypted { get; set; }

    public long SessionsUndecodable { get; set; }

    public long SessionsGivenUp { get; set; }

    /// <summary>Sessions lost to an error of a decoder.</summary>
    public long DecoderErrors { get; set; }

    public long Exchanges { get; set; }

    public long ExchangesIncomplete { get; set; }

    public long ExchangesFailed { get; set; }

    public long Gaps { get; set; }

    public long GapBytes { get; set; }

    /// <summary>Payload bytes of connections in clear text.</summary>
    public long ClearBytes { get; set; }

    /// <summary>Payload bytes of encrypted connections.</summary>
    public long CipherBytes { get; set; }

    public void Count(ProtocolFault fault) => _faults[(int)fault]++;

    /// <summary>Faults by name, those that occurred.</summary>
    public Dictionary<string, long> Faults()
    {
        var faults = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var fault in Enum.GetValues<ProtocolFault>())
        {
            if (_faults[(int)fault] > 0)
            {
                faults[fault.ToString()] = _faults[(int)fault];
            }
        }

        if (DecoderErrors > 0)
        {
            faults["DecoderError"] = DecoderErrors;
        }

        return faults;
    }
}
