using System.Runtime.CompilerServices;

namespace Replay.Network.Flows;

/// <summary>
/// The connections by key: open addressing with linear probing, at most half full, so that a packet costs one or two lines of cache.
/// </summary>
internal sealed class FlowTable
{
    private const int InitialSlots = 1024;

    private readonly ulong _seed = (ulong)Random.Shared.NextInt64();
    private uint[] _hashes = new uint[InitialSlots];
    private TcpFlow?[] _flows = new TcpFlow?[InitialSlots];

    public int Count { get; private set; }

    /// <summary>Slots, for <see cref="At"/>.</summary>
    public int Slots => _flows.Length;

    /// <summary>The flow in a slot, if there is one: to walk over all.</summary>
    public TcpFlow? At(int slot) => _flows[slot];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TcpFlow? Find(in FlowKey key)
    {
        var flows = _flows;
        var hashes = _hashes;
        uint hash = key.Hash(_seed);
        for (uint slot = hash & (uint)(flows.Length - 1); ; slot = slot + 1 & (uint)(flows.Length - 1))
        {
            var flow = flows[slot];
            if (flow is null || (hashes[slot] == hash && flow.Key.IsSame(key)))
            {
                return flow;
            }
        }
    }

    /// <summary>Adds a flow whose key is not there.</summary>
    public void Add(TcpFlow flow)
    {
        if (++Count > _flows.Length / 2)
        {
            Grow();
        }

        Place(flow, flow.Key.Hash(_seed));
    }

    public void Remove(TcpFlow flow)
    {
        int mask = _flows.Length - 1;
        int slot = (int)flow.Key.Hash(_seed) & mask;
        while (_flows[slot] != flow)
        {
            slot = slot + 1 & mask;
        }

        Count--;

        // Whatever was pushed past this slot moves back, so that no tombstone is needed.
        int hole = slot;
        for (int next = hole + 1 & mask; _flows[next] is not null; next = next + 1 & mask)
        {
            int home = (int)_hashes[next] & mask;
            if ((next - home & mask) >= (next - hole & mask))
            {
                _flows[hole] = _flows[next];
                _hashes[hole] = _hashes[next];
                hole = next;
            }
        }

        _flows[hole] = null;
    }

    private void Place(TcpFlow flow, uint hash)
    {
        int mask = _flows.Length - 1;
        int slot = (int)hash & mask;
        while (_flows[slot] is not null)
        {
            slot = slot + 1 & mask;
        }

        _flows[slot] = flow;
        _hashes[slot] = hash;
    }

    private void Grow()
    {
        var (flows, hashes) = (_flows, _hashes);
        _flows = new TcpFlow?[flows.Length * 2];
        _hashes = new uint[flows.Length * 2];
        for (int slot = 0; slot < flows.Length; slot++)
        {
            if (flows[slot] is { } flow)
            {
                Place(flow, hashes[slot]);
            }
        }
    }
}
