using System.Globalization;

namespace Replay.Network;

/// <summary>Filters in the language of pcap-filter(7), so that the kernel drops what does not concern us.</summary>
public static class CaptureFilter
{
    /// <summary>
    /// TCP to and from the servers. Fragments behind the first have no ports, so all fragments pass; so do VLAN tags in front, where
    /// the link type has them.
    /// </summary>
    /// <param name="ports">The servers.</param>
    /// <param name="linkType">Of the interface: only Ethernet has VLAN tags.</param>
    public static string For(ServerPorts ports, LinkType linkType = LinkType.Ethernet)
    {
        ArgumentNullException.ThrowIfNull(ports);
        string servers = string.Join(" or ", ports.Servers.Select(One));
        string untagged = $"{servers} or (ip[6:2] & 0x3fff != 0) or (ip6[6] = 44)";

        // "vlan" moves the offsets of all that follows it, so it comes last.
        return linkType == LinkType.Ethernet ? $"{untagged} or (vlan and ({untagged}))" : untagged;
    }

    private static string One(ServerAddress server) => server.Address is null
        ? string.Create(CultureInfo.InvariantCulture, $"(tcp port {server.Port})")
        : string.Create(CultureInfo.InvariantCulture, $"(tcp port {server.Port} and host {server.Address})");
}
