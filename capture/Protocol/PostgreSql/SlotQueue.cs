using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Replay.Protocol.PostgreSql;

/// <summary>
/// The client's messages in order, by number, in a ring: those from <see cref="Oldest"/> are still needed, the one at <see cref="Next"/> is the first
/// without a response.
/// </summary>
internal sealed class SlotQueue
{
    private RequestSlot[] _slots = new RequestSlot[8];

    public long Oldest { get; private set; }

    public long Next { get; set; }

    public long End { get; private set; }

    public int Count => (int)(End - Oldest);

    public bool HasNext => Next < End;

    public ref RequestSlot this[long number]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            Debug.Assert(number >= Oldest && number < End, "no such message");
            var slots = _slots;
            return ref slots[(int)number & (slots.Length - 1)];
        }
    }

    public ref RequestSlot Add(out long number)
    {
        if (Count == _slots.Length)
        {
            Grow();
        }

        number = End++;
        ref var slot = ref this[number];
        slot = default;
        return ref slot;
    }

    /// <summary>Forgets what was released at the front; <see cref="Add"/> clears it when its place is needed.</summary>
    public void Trim()
    {
        while (Oldest < Next && this[Oldest].State == SlotState.Released)
        {
            Oldest++;
        }
    }

    private void Grow()
    {
        var larger = new RequestSlot[_slots.Length * 2];
        for (var n = Oldest; n < End; n++)
        {
            larger[n & (larger.Length - 1)] = this[n];
        }

        _slots = larger;
    }
}
