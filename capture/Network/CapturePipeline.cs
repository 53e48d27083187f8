using Replay.Network.Flows;
using Replay.Network.Fragments;
using Replay.Network.Headers;

namespace Replay.Network;

/// <summary>
/// Packets in, ordered bytes of connections out: link header, IP (fragments put together), TCP, reassembly, <see cref="FlowHandler"/>.
/// Knows no clock: time is that of the packets. Not safe for use by several threads at once.
/// </summary>
/// <remarks>
/// Nothing throws on what a packet contains. A segment that is simply the next one of its connection goes to the handler from the
/// packet's own memory, with no copy and no allocation. Checksums are not verified: on a sending host the interface computes them
/// after the tap, so most would look wrong.
/// </remarks>
public sealed class CapturePipeline
{
    private readonly ServerPorts _servers;
    private readonly FlowTable _flows = new();
    private readonly FlowTableKeeper _keeper;
    private readonly FragmentTable _fragments;
    private readonly TcpReassembler _reassembler;
    private long _nowMicroseconds = long.MinValue;
    private long _nextChoresMicroseconds = long.MinValue;

    /// <summary>A pipeline.</summary>
    /// <param name="servers">Which ends are servers.</param>
    /// <param name="factory">Makes the receivers.</param>
    /// <param name="limits">Bounds; null for those that suit a production host.</param>
    public CapturePipeline(ServerPorts servers, IFlowFactory factory, ReassemblyLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(servers);
        ArgumentNullException.ThrowIfNull(factory);
        limits ??= new ReassemblyLimits();
        _servers = servers;
        _fragments = new FragmentTable(limits, Counters);
        _reassembler = new TcpReassembler(factory, limits, Counters);
        _keeper = new FlowTableKeeper(_flows, _reassembler, limits, Counters);
    }

    /// <summary>What became of packets and bytes.</summary>
    public PipelineCounters Counters { get; } = new();

    /// <summary>Connections in the table: open ones, and closed ones that are remembered for a while.</summary>
    public int FlowsHeld => _flows.Count;

    /// <summary>Takes a packet. Its memory is not kept.</summary>
    public void Packet(in CapturedPacket packet)
    {
        long at = packet.AtMicroseconds;
        Counters.Delivered++;
        if (at > _nowMicroseconds)
        {
            Advance(at);
        }

        if (CommonPacket.TryRead(packet, out var common, out var segment))
        {
            Segment(common, segment, 1, at);
            return;
        }

        var reason = IpHeader.Read(packet, out var ip);
        if (reason != IgnoreReason.None)
        {
            Counters.Ignore(reason, 1);
        }
        else if (ip.IsFragment)
        {
            Fragment(ref ip, at);
        }
        else
        {
            Datagram(ip, 1, at);
        }
    }

    /// <summary>
    /// Tells the time when there are no packets, so that what waits for its time does not wait for the next packet. Owners of live
    /// sources call it, with a time a second ago, as the kernel holds back packets for some milliseconds; <see cref="Packet"/> does it
    /// by itself.
    /// </summary>
    /// <param name="nowMicroseconds">Microseconds since 1970; an earlier time than the newest packet's has no effect.</param>
    public void Advance(long nowMicroseconds)
    {
        if (nowMicroseconds <= _nowMicroseconds)
        {
            return;
        }

        _nowMicroseconds = nowMicroseconds;
        if (nowMicroseconds >= _reassembler.NextDeadlineMicroseconds)
        {
            _reassembler.Sweep(nowMicroseconds);
        }

        if (nowMicroseconds >= _nextChoresMicroseconds)
        {
            _nextChoresMicroseconds = nowMicroseconds + FlowTableKeeper.IntervalMicroseconds;
            _fragments.Sweep(nowMicroseconds);
            _keeper.Sweep(nowMicroseconds);
        }
    }

    /// <summary>The capture ended: what waits is handed out with gaps where bytes are missing, and all connections are closed.</summary>
    public void Finish()
    {
        _fragments.Clear();
        _keeper.CloseAll(_nowMicroseconds);
    }

    private void Fragment(ref IpPacket ip, long atMicroseconds)
    {
        int packets = _fragments.Add(ref ip, atMicroseconds);
        if (packets == 0)
        {
            return;
        }

        var verdict = ip.Source.IsVersion4 ? HeaderVerdict.Done : IPv6Header.SkipExtensions(ref ip);
        if (verdict == HeaderVerdict.Done && !ip.IsFragment)
        {
            Datagram(ip, packets, atMicroseconds);
        }
        else
        {
            Counters.Ignore(IgnoreReason.Malformed, packets);
        }
    }

    private void Datagram(in IpPacket ip, int packets, long atMicroseconds)
    {
        if (ip.Protocol != IpProtocol.Tcp)
        {
            Counters.Ignore(IgnoreReason.NotTcp, packets);
            return;
        }

        var verdict = TcpSegment.Read(ip, out var segment);
        if (verdict != HeaderVerdict.Done)
        {
            Counters.Ignore(IpHeader.Reason(verdict, isCut: verdict == HeaderVerdict.Short), packets);
            return;
        }

        Segment(ip, segment, packets, atMicroseconds);
    }

    private void Segment(in IpPacket ip, in TcpSegment segment, int packets, long atMicroseconds)
    {
        // Ports first, as they are cheap: the address of a connection that is in the table was looked at when it began.
        bool isToServer = _servers.HasPort(segment.DestinationPort);
        bool isFromServer = _servers.HasPort(segment.SourcePort);
        if (isToServer && isFromServer)
        {
            isToServer = _servers.IsServer(ip.Destination, segment.DestinationPort);
            isFromServer = _servers.IsServer(ip.Source, segment.SourcePort);
        }

        if (!isToServer && !isFromServer)
        {
            Counters.Ignore(IgnoreReason.OtherPort, packets);
            return;
        }

        var direction = isToServer && isFromServer ? BetweenServers(ip, segment)
            : isToServer ? FlowDirection.ToServer
            : FlowDirection.ToClient;
        var key = new FlowKey(ip, segment, direction);
        var flow = _flows.Find(key);
        if (flow is null)
        {
            bool isServers = direction == FlowDirection.ToServer
                ? _servers.IsServer(ip.Destination, segment.DestinationPort)
                : _servers.IsServer(ip.Source, segment.SourcePort);
            if (!isServers)
            {
                Counters.Ignore(IgnoreReason.OtherPort, packets);
                return;
            }

            // Only data and handshakes begin a flow; a single byte is a keep-alive probe of an idle connection.
            if (segment.Length < 2 && !segment.Has(TcpFlags.Syn))
            {
                Counters.Decoded += packets;
                Counters.WithoutFlow++;
                Counters.PayloadBytes += segment.Payload.Length;
                Counters.DiscardedBytes += segment.Payload.Length;
                return;
            }

            flow = _keeper.Add(key, atMicroseconds);
        }

        if (_reassembler.Receive(flow, direction, segment, atMicroseconds))
        {
            Counters.Decoded += packets;
            Counters.PayloadBytes += segment.Payload.Length;
        }
        else
        {
            Counters.Ignore(IgnoreReason.UnwantedFlow, packets);
        }
    }

    /// <summary>
    /// Both ends are servers: the one that did not send the SYN is the server of this connection. Of a connection that was open before,
    /// the lower port is taken for the server's, as clients use high ones.
    /// </summary>
    private FlowDirection BetweenServers(in IpPacket ip, in TcpSegment segment)
    {
        if (segment.Has(TcpFlags.Syn))
        {
            return segment.Has(TcpFlags.Acknowledgement) ? FlowDirection.ToClient : FlowDirection.ToServer;
        }

        if (_flows.Find(new FlowKey(ip, segment, FlowDirection.ToServer)) is not null)
        {
            return FlowDirection.ToServer;
        }

        return _flows.Find(new FlowKey(ip, segment, FlowDirection.ToClient)) is not null || segment.SourcePort < segment.DestinationPort
            ? FlowDirection.ToClient
            : FlowDirection.ToServer;
    }
}
