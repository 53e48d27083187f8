using System.Net;
using System.Runtime.CompilerServices;
using Replay.Network.Headers;

namespace Replay.Network;

/// <summary>
/// The addresses at which servers listen. A packet concerns us if one of its ends is among them; which engine listens there is not
/// known here.
/// </summary>
public sealed class ServerPorts
{
    // One bit a port answers for nearly all packets; the list is asked only for ports that are bound to an address.
    private readonly ulong[] _ports = new ulong[1024];
    private readonly ulong[] _anyAddress = new ulong[1024];
    private readonly HashSet<(FlowAddress Address, ushort Port)> _bound = [];

    /// <summary>The ports of the given servers.</summary>
    /// <param name="servers">At least one.</param>
    /// <exception cref="ArgumentException">The list is empty or a port is out of range.</exception>
    public ServerPorts(IEnumerable<ServerAddress> servers)
    {
        ArgumentNullException.ThrowIfNull(servers);
        Servers = [.. servers.Distinct()];
        if (Servers.Count == 0)
        {
            throw new ArgumentException("At least one server is needed.", nameof(servers));
        }

        foreach (var server in Servers)
        {
            Add(server);
        }
    }

    /// <summary>What it was made of, without repetitions.</summary>
    public IReadOnlyList<ServerAddress> Servers { get; }

    /// <summary>Whether a server listens there.</summary>
    public bool IsServer(IPAddress address, int port)
    {
        ArgumentNullException.ThrowIfNull(address);
        return port is > 0 and <= ushort.MaxValue && IsServer(FlowAddress.From(address), (ushort)port);
    }

    /// <summary>Whether a server listens on this port, at some address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool HasPort(ushort port) => IsSet(_ports, port);

    internal bool IsServer(FlowAddress address, ushort port) => IsSet(_anyAddress, port) || _bound.Contains((address, port));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsSet(ulong[] bits, ushort port) => (bits[port >> 6] >> port & 1) != 0;

    private void Add(ServerAddress server)
    {
        if (server.Port is <= 0 or > ushort.MaxValue)
        {
            throw new ArgumentException($"{server.Port} is not a port.", nameof(server));
        }

        ushort port = (ushort)server.Port;
        bool isAny = server.Address is null || server.Address.Equals(IPAddress.Any) || server.Address.Equals(IPAddress.IPv6Any);
        _ports[port >> 6] |= 1UL << port;
        if (isAny)
        {
            _anyAddress[port >> 6] |= 1UL << port;
        }
        else
        {
            _bound.Add((FlowAddress.From(server.Address!), port));
        }
    }
}
