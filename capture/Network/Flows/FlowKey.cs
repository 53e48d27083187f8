using System.Runtime.CompilerServices;
using Replay.Network.Headers;

namespace Replay.Network.Flows;

/// <summary>A connection's two ends: a key without an object, made for each packet.</summary>
internal readonly struct FlowKey
{
    private readonly ulong _clientHigh;
    private readonly ulong _clientLow;
    private readonly ulong _serverHigh;
    private readonly ulong _serverLow;
    private readonly uint _ports;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FlowKey(in IpPacket ip, in TcpSegment segment, FlowDirection direction)
    {
        if (direction == FlowDirection.ToServer)
        {
            _clientHigh = ip.SourceHigh;
            _clientLow = ip.SourceLow;
            _serverHigh = ip.DestinationHigh;
            _serverLow = ip.DestinationLow;
            _ports = (uint)segment.SourcePort << 16 | segment.DestinationPort;
        }
        else
        {
            _clientHigh = ip.DestinationHigh;
            _clientLow = ip.DestinationLow;
            _serverHigh = ip.SourceHigh;
            _serverLow = ip.SourceLow;
            _ports = (uint)segment.DestinationPort << 16 | segment.SourcePort;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsSame(in FlowKey other) => _ports == other._ports
        && _clientLow == other._clientLow
        && _serverLow == other._serverLow
        && _clientHigh == other._clientHigh
        && _serverHigh == other._serverHigh;

    /// <summary>
    /// A multiplicative hash. The seed differs from process to process, so that nobody can choose ports that fall into one place.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Hash(ulong seed)
    {
        const ulong Factor1 = 0x9E3779B97F4A7C15, Factor2 = 0xC2B2AE3D27D4EB4F;
        ulong mixed = (_clientLow ^ _ports ^ seed) * Factor1;
        mixed ^= mixed >> 32;
        mixed = (mixed ^ _serverLow ^ _clientHigh * Factor2 ^ ulong.RotateLeft(_serverHigh, 32)) * Factor2;
        return (uint)(mixed >> 32);
    }

    public FlowEndpoints ToEndpoints() => new(
        new(new FlowAddress(_clientHigh, _clientLow).ToIPAddress(), (int)(_ports >> 16)),
        new(new FlowAddress(_serverHigh, _serverLow).ToIPAddress(), (int)(_ports & ushort.MaxValue)));
}
