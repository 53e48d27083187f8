using System.Buffers.Binary;

namespace Replay.Network.Files;

/// <summary>
/// The pcap format, <see href="https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html"/>: a header of 24 bytes, then records
/// of 16 bytes and the packet, all in the byte order of the host that wrote them.
/// </summary>
internal sealed class PcapReader : CaptureReader
{
    private const uint MagicMicroseconds = 0xA1B2C3D4;
    private const uint MagicNanoseconds = 0xA1B23C4D;

    /// <summary>A patched libpcap of the nineties, whose records carry 8 bytes more.</summary>
    private const uint MagicModified = 0xA1B2CD34;

    private const int FileHeaderLength = 24;
    private const int RecordHeaderLength = 16;
    private const int ModifiedRecordHeaderLength = 24;

    /// <summary>Files of versions up to 2.3 may have the two lengths the other way round.</summary>
    private const int LastMinorWithSwappedLengths = 3;

    private readonly bool _isBigEndian;
    private readonly bool _isNanoseconds;
    private readonly bool _mayHaveSwappedLengths;
    private readonly int _recordHeaderLength;

    /// <summary>Reads the file header.</summary>
    /// <exception cref="PcapFormatException">The file ends within its header.</exception>
    public PcapReader(CaptureInput input, SourceCounters counters) : base(input, counters)
    {
        if (!input.TryFill(FileHeaderLength))
        {
            throw new PcapFormatException($"{input.Name} is cut off: it ends within the header of a pcap file.");
        }

        var header = input.Window;
        _isBigEndian = IsMagic(BinaryPrimitives.ReadUInt32BigEndian(header));
        uint magic = Read32(header);
        _isNanoseconds = magic == MagicNanoseconds;
        _recordHeaderLength = magic == MagicModified ? ModifiedRecordHeaderLength : RecordHeaderLength;
        int minor = _isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(header[6..]) : BinaryPrimitives.ReadUInt16LittleEndian(header[6..]);
        _mayHaveSwappedLengths = minor <= LastMinorWithSwappedLengths;

        // The upper bits tell the length of the frame check sequence.
        LinkType = (LinkType)(Read32(header[20..]) & 0x0FFF_FFFF);
        input.Consume(FileHeaderLength);
    }

    public override LinkType LinkType { get; }

    /// <summary>Whether a file that begins with these bytes is pcap.</summary>
    public static bool IsPcap(ReadOnlySpan<byte> beginning) =>
        IsMagic(BinaryPrimitives.ReadUInt32BigEndian(beginning)) || IsMagic(BinaryPrimitives.ReadUInt32LittleEndian(beginning));

    public override bool TryNext(out CapturedPacket packet)
    {
        packet = default;
        var window = Input.Window;
        if (window.Length < _recordHeaderLength)
        {
            if (IsEnded || !Input.TryFillSoon(_recordHeaderLength))
            {
                return !IsEnded && End("record header");
            }

            window = Input.Window;
        }

        uint captured = Read32(window[8..]);
        uint original = Read32(window[12..]);
        if (_mayHaveSwappedLengths && captured > original)
        {
            (captured, original) = (original, captured);
        }

        if (captured > CaptureInput.MaxWindowBytes - ModifiedRecordHeaderLength)
        {
            return Damaged($"a packet of {captured} bytes");
        }

        int total = _recordHeaderLength + (int)captured;
        if (window.Length < total)
        {
            if (!Input.TryFillSoon(total))
            {
                return End("packet");
            }

            window = Input.Window;
        }

        long fraction = Read32(window[4..]);
        long at = Read32(window) * 1_000_000L + (_isNanoseconds ? fraction / 1000 : fraction);
        packet = Deliver(LinkType, at, original, window[_recordHeaderLength..total]);
        Input.Consume(total);
        return true;
    }

    private static bool IsMagic(uint value) => value is MagicMicroseconds or MagicNanoseconds or MagicModified;

    private uint Read32(ReadOnlySpan<byte> bytes) =>
        _isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
