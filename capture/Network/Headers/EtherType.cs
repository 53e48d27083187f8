namespace Replay.Network.Headers;

/// <summary>EtherTypes that we look behind: <see href="https://www.iana.org/assignments/ieee-802-numbers"/>.</summary>
internal static class EtherType
{
    public const ushort IPv4 = 0x0800;
    public const ushort IPv6 = 0x86DD;

    /// <summary>802.1Q.</summary>
    public const ushort Vlan = 0x8100;

    /// <summary>802.1ad, the outer tag.</summary>
    public const ushort ServiceVlan = 0x88A8;

    /// <summary>The outer tag before 802.1ad.</summary>
    public const ushort OldServiceVlan = 0x9100;
}
