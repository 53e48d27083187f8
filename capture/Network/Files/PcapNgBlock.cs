namespace Replay.Network.Files;

/// <summary>
/// Block and option types of pcapng, <see href="https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html#section-4"/>.
/// Blocks of other types are skipped.
/// </summary>
internal static class PcapNgBlock
{
    public const uint SectionHeader = 0x0A0D0D0A;
    public const uint InterfaceDescription = 1;
    public const uint ObsoletePacket = 2;
    public const uint SimplePacket = 3;
    public const uint InterfaceStatistics = 5;
    public const uint EnhancedPacket = 6;

    public const uint ByteOrderMagic = 0x1A2B3C4D;

    public const ushort OptionEnd = 0;
    public const ushort OptionTimestampResolution = 9;
    public const ushort OptionTimestampOffset = 14;
    public const ushort OptionInterfaceDropped = 5;
    public const ushort OptionSystemDropped = 7;
}
