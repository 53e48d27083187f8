using System.Buffers.Binary;
using static Replay.Network.Files.PcapNgBlock;

namespace Replay.Network.Files;

/// <summary>
/// The pcapng format, <see href="https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html"/>: blocks, each with its type and
/// length; sections, each with its byte order and interfaces.
/// </summary>
internal sealed class PcapNgReader : CaptureReader
{
    private const int BlockHeaderLength = 8;
    private const int BlockOverhead = 12;
    private const int MinSectionLength = 28;

    /// <summary>More than any host has: bounds what a damaged file can make us keep.</summary>
    private const int MaxInterfaces = 65_536;

    private readonly List<PcapNgInterface> _interfaces = [];
    private bool _isBigEndian;
    private long _lastMicroseconds;

    public PcapNgReader(CaptureInput input, SourceCounters counters) : base(input, counters)
    {
    }

    public override LinkType LinkType => _interfaces.Count > 0 ? _interfaces[0].LinkType : LinkType.Unknown;

    /// <summary>Whether a file that begins with these bytes is pcapng.</summary>
    public static bool IsPcapNg(ReadOnlySpan<byte> beginning) => BinaryPrimitives.ReadUInt32BigEndian(beginning) == SectionHeader;

    public override bool TryNext(out CapturedPacket packet)
    {
        packet = default;
        while (!IsEnded)
        {
            if (!Input.TryFillSoon(BlockHeaderLength))
            {
                return End("block header");
            }

            if (!TryReadHeader(out uint type, out uint length))
            {
                return false;
            }

            bool isNeeded = type is EnhancedPacket or ObsoletePacket or SimplePacket or SectionHeader or InterfaceDescription;
            if (length > CaptureInput.MaxWindowBytes && !isNeeded)
            {
                if (!Input.TrySkip(length))
                {
                    return End("block");
                }

                continue;
            }

            if (length > CaptureInput.MaxWindowBytes)
            {
                return Damaged($"a block of {length} bytes");
            }

            if (!Input.TryFillSoon((int)length))
            {
                return End("block");
            }

            var block = Input.Window[..(int)length];
            if (Read32(block[^4..]) != length)
            {
                return Damaged("the two lengths of a block differ");
            }

            bool isPacket = TryReadBlock(type, block[BlockHeaderLength..^4], out packet);
            if (IsEnded)
            {
                packet = default;
                return false;
            }

            Input.Consume((int)length);
            if (isPacket)
            {
                return true;
            }
        }

        return false;
    }

    private bool TryReadHeader(out uint type, out uint length)
    {
        var window = Input.Window;
        type = Read32(window);
        length = 0;
        if (type == SectionHeader)
        {
            if (!Input.TryFillSoon(BlockOverhead))
            {
                return End("section header");
            }

            // The number reads the same in both byte orders, so that the order can be told by what follows.
            window = Input.Window;
            _isBigEndian = BinaryPrimitives.ReadUInt32BigEndian(window[8..]) == ByteOrderMagic;
            if (!_isBigEndian && BinaryPrimitives.ReadUInt32LittleEndian(window[8..]) != ByteOrderMagic)
            {
                return Damaged("a section without a byte order");
            }
        }

        length = Read32(window[4..]);
        return length >= (type == SectionHeader ? MinSectionLength : BlockOverhead) && length % 4 == 0
            ? true
            : Damaged($"a block of {length} bytes");
    }

    private bool TryReadBlock(uint type, ReadOnlySpan<byte> body, out CapturedPacket packet)
    {
        packet = default;
        switch (type)
        {
            case EnhancedPacket when body.Length >= 20:
                return TryReadPacket(Read32(body), body[4..], out packet);
            case ObsoletePacket when body.Length >= 20:
                return TryReadPacket(Read16(body), body[4..], out packet);
            case SimplePacket when body.Length >= 4:
                return TryReadSimplePacket(Read32(body), body[4..], out packet);
            case SectionHeader:
                _interfaces.Clear();
                return false;
            case InterfaceDescription when body.Length >= 8:
                AddInterface(body);
                return false;
            case InterfaceStatistics when body.Length >= 12:
                ReadStatistics(Read32(body), body[12..]);
                return false;
            case EnhancedPacket or ObsoletePacket or SimplePacket or InterfaceDescription or InterfaceStatistics:
                return Damaged("a block that is too short for its type");
            default:
                return false;
        }
    }

    /// <summary>The part that the two kinds of packet block have in common: time, lengths, packet.</summary>
    private bool TryReadPacket(uint number, ReadOnlySpan<byte> common, out CapturedPacket packet)
    {
        packet = default;
        ulong ticks = (ulong)Read32(common) << 32 | Read32(common[4..]);
        uint captured = Read32(common[8..]);
        uint original = Read32(common[12..]);
        var rest = common[16..];
        if (captured > rest.Length)
        {
            return Damaged($"a packet of {captured} bytes in a block of {rest.Length}");
        }

        // Without its interface nobody can tell what the packet is; it is delivered all the same, so that it is counted.
        var source = number < _interfaces.Count ? _interfaces[(int)number] : null;
        var resolution = source?.Resolution ?? TimestampResolution.Default;
        _lastMicroseconds = resolution.ToMicroseconds(ticks);
        packet = Deliver(source?.LinkType ?? LinkType.Unknown, _lastMicroseconds, original, rest[..(int)captured]);
        return true;
    }

    /// <summary>A simple packet is of the first interface and has no time: it gets that of the packet before it.</summary>
    private bool TryReadSimplePacket(uint original, ReadOnlySpan<byte> rest, out CapturedPacket packet)
    {
        var source = _interfaces.Count > 0 ? _interfaces[0] : null;
        uint limit = source is { SnapLength: > 0 } ? source.SnapLength : uint.MaxValue;
        int captured = (int)Math.Min(Math.Min(original, limit), (uint)rest.Length);
        packet = Deliver(source?.LinkType ?? LinkType.Unknown, _lastMicroseconds, original, rest[..captured]);
        return true;
    }

    private void AddInterface(ReadOnlySpan<byte> body)
    {
        if (_interfaces.Count >= MaxInterfaces)
        {
            Damaged($"more than {MaxInterfaces} interfaces");
            return;
        }

        byte resolution = 6;
        long offsetSeconds = 0;
        var options = body[8..];
        while (TryReadOption(ref options, out ushort code, out var value))
        {
            if (code == OptionTimestampResolution && value.Length >= 1)
            {
                resolution = value[0];
            }
            else if (code == OptionTimestampOffset && value.Length >= 8)
            {
                offsetSeconds = (long)Read64(value);
            }
        }

        _interfaces.Add(new PcapNgInterface
        {
            LinkType = (LinkType)Read16(body),
            SnapLength = Read32(body[4..]),
            Resolution = TimestampResolution.From(resolution, offsetSeconds),
        });
    }

    /// <summary>
    /// What was dropped. Which of the two counters means the kernel depends on who wrote the file; dumpcap uses the first.
    /// </summary>
    private void ReadStatistics(uint number, ReadOnlySpan<byte> options)
    {
        ulong dropped = 0;
        while (TryReadOption(ref options, out ushort code, out var value))
        {
            if (code is OptionInterfaceDropped or OptionSystemDropped && value.Length >= 8)
            {
                dropped += Math.Min(Read64(value), uint.MaxValue);
            }
        }

        if (number < _interfaces.Count && (long)dropped > _interfaces[(int)number].Dropped)
        {
            var source = _interfaces[(int)number];
            Counters.DroppedByKernel += (long)dropped - source.Dropped;
            source.Dropped = (long)dropped;
        }
    }

    private bool TryReadOption(ref ReadOnlySpan<byte> options, out ushort code, out ReadOnlySpan<byte> value)
    {
        code = OptionEnd;
        value = default;
        if (options.Length < 4)
        {
            return false;
        }

        code = Read16(options);
        int length = Read16(options[2..]);
        if (code == OptionEnd || length > options.Length - 4)
        {
            return false;
        }

        value = options.Slice(4, length);
        options = options[Math.Min(options.Length, 4 + (length + 3 & ~3))..];
        return true;
    }

    private ushort Read16(ReadOnlySpan<byte> bytes) =>
        _isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private uint Read32(ReadOnlySpan<byte> bytes) =>
        _isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private ulong Read64(ReadOnlySpan<byte> bytes) =>
        _isBigEndian ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
}
