using Replay.Network.Headers;

namespace Replay.Network.Fragments;

/// <summary>Datagrams under reassembly: bounded in number and in time. What is given up is counted fragment by fragment.</summary>
internal sealed class FragmentTable(ReassemblyLimits limits, PipelineCounters counters)
{
    private readonly Dictionary<FragmentKey, FragmentedDatagram> _datagrams = [];
    private readonly long _timeoutMicroseconds = (long)limits.FragmentTimeout.TotalMicroseconds;
    private FragmentedDatagram? _last;

    /// <summary>Takes in a fragment.</summary>
    /// <param name="packet">The fragment; the whole datagram if this was the last one, whose payload is valid until the next call.</param>
    /// <param name="atMicroseconds">Its time.</param>
    /// <returns>Packets that the datagram consisted of; 0 if it is not complete.</returns>
    public int Add(ref IpPacket packet, long atMicroseconds)
    {
        _last?.Release();
        _last = null;
        if (packet.MissingBytes > 0)
        {
            counters.Ignore(IgnoreReason.Truncated, 1);
            return 0;
        }

        byte protocol = packet.Source.IsVersion4 ? packet.Protocol : (byte)0;
        var key = new FragmentKey(packet.Source, packet.Destination, packet.Identification, protocol);
        if (!_datagrams.TryGetValue(key, out var datagram))
        {
            MakeRoom();
            datagram = new FragmentedDatagram { FirstAtMicroseconds = atMicroseconds };
            _datagrams.Add(key, datagram);
        }

        counters.FragmentsHeld++;
        if (!datagram.Add(packet))
        {
            GiveUp(key, datagram);
            return 0;
        }

        if (!datagram.IsComplete)
        {
            return 0;
        }

        _datagrams.Remove(key);
        counters.FragmentsHeld -= datagram.Packets;
        _last = datagram;
        packet.Payload = datagram.Payload;
        packet.Protocol = datagram.Protocol;
        packet.IsFragment = false;
        return datagram.Packets;
    }

    /// <summary>Gives up what has waited too long.</summary>
    public void Sweep(long nowMicroseconds)
    {
        foreach (var (key, datagram) in _datagrams)
        {
            if (nowMicroseconds - datagram.FirstAtMicroseconds > _timeoutMicroseconds)
            {
                GiveUp(key, datagram);
            }
        }
    }

    /// <summary>Gives up all.</summary>
    public void Clear()
    {
        _last?.Release();
        _last = null;
        foreach (var (key, datagram) in _datagrams)
        {
            GiveUp(key, datagram);
        }
    }

    private void MakeRoom()
    {
        if (_datagrams.Count >= limits.MaxFragmentedDatagrams && _datagrams.Count > 0)
        {
            var (key, datagram) = _datagrams.MinBy(static pair => pair.Value.FirstAtMicroseconds);
            GiveUp(key, datagram);
        }
    }

    private void GiveUp(FragmentKey key, FragmentedDatagram datagram)
    {
        _datagrams.Remove(key);
        counters.FragmentsHeld -= datagram.Packets;
        counters.Ignore(IgnoreReason.FragmentIncomplete, datagram.Packets);
        datagram.Release();
    }
}
