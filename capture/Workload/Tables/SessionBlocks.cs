namespace Replay.Workload;

/// <summary>
/// The writer's side of the table of sessions: what is recorded again before it was written out counts once, and each
/// block covers numbers that are near each other, so that a reader finds a session without reading them all.
/// </summary>
internal sealed class SessionBlocks
{
    /// <summary>Number of waiting sessions at which they are written out.</summary>
    public const int MaxPending = 16_384;

    // Numbers further apart than this go to different blocks: an old session's end would else make a block's range useless.
    private const int MaxGap = 4 * SessionTable.WindowSessions;

    // A block of at least as many ends where a reader's window does, so that loading a window decodes little else.
    private const int MinBlockSessions = 256;

    private readonly Dictionary<int, Session> _pending = [];
    private readonly List<int> _numbers = [];
    private readonly ByteBuffer _payload = new();

    public int PendingCount => _pending.Count;

    public int HighestNumber { get; private set; }

    public void Add(Session session)
    {
        _pending[session.Number] = session;
        HighestNumber = Math.Max(HighestNumber, session.Number);
    }

    public void Write(SegmentWriter segments)
    {
        _numbers.Clear();
        _numbers.AddRange(_pending.Keys);
        _numbers.Sort();
        for (int from = 0, to; from < _numbers.Count; from = to)
        {
            to = from + 1;
            while (to < _numbers.Count && !IsEnd(_numbers[to - 1], _numbers[to], to - from))
            {
                to++;
            }

            WriteBlock(segments, from, to);
        }

        _pending.Clear();
    }

    private static bool IsEnd(int number, int next, int count) =>
        next - number > MaxGap || (count >= MinBlockSessions && number / SessionTable.WindowSessions != next / SessionTable.WindowSessions);

    private void WriteBlock(SegmentWriter segments, int from, int to)
    {
        _payload.Clear();
        var bits = 0UL;
        for (var i = from; i < to; i++)
        {
            SessionCodec.Write(_payload, _pending[_numbers[i]]);
            bits |= 1UL << (_numbers[i] & 63);
        }

        var header = new BlockHeader { Kind = BlockKind.Sessions, Count = to - from, First = _numbers[from], MinSession = _numbers[from], MaxSession = _numbers[to - 1], SessionBits = bits };
        segments.Add(ref header, _payload.Written);
    }
}
