namespace Replay.Network.Flows;

/// <summary>One connection. What is done with it is the business of <see cref="TcpReassembler"/>.</summary>
internal sealed class TcpFlow(FlowKey key)
{
    public readonly FlowKey Key = key;
    public readonly HalfStream ToServer = new();
    public readonly HalfStream ToClient = new();
    public FlowHandler? Handler;
    public FlowState State;

    /// <summary>
    /// Open, nothing waits and nothing is known to be missing: a segment at the right place goes straight to the handler.
    /// </summary>
    public bool IsFlowing;

    public bool IsFromStart;
    public long OpenedAtMicroseconds;
    public long LastSeenMicroseconds;

    /// <summary>Place in the list of stalled flows; -1 if it is not there.</summary>
    public int StalledIndex = -1;

    private long _clockMicroseconds = long.MinValue;

    public bool IsHalfClosed => ToServer.IsFinished || ToClient.IsFinished;

    public int Segments => ToServer.Segments + ToClient.Segments;

    public int Footprint => ToServer.Footprint + ToClient.Footprint;

    /// <summary>Something waits, or is known to be missing.</summary>
    public bool IsStalled =>
        IsHalfStalled(ToServer) || IsHalfStalled(ToClient);

    private static bool IsHalfStalled(HalfStream half) => half.First is not null || half.IsBehindAcknowledgement || half.IsFinWaiting;

    public HalfStream Half(FlowDirection direction) => direction == FlowDirection.ToServer ? ToServer : ToClient;

    /// <summary>The flow's own clock, which never goes back.</summary>
    public long Clock(long atMicroseconds)
    {
        if (atMicroseconds > _clockMicroseconds)
        {
            _clockMicroseconds = atMicroseconds;
        }

        return _clockMicroseconds;
    }

    /// <summary>Ready for another connection between the same ends. Nothing may wait.</summary>
    public void Reset(long atMicroseconds)
    {
        ToServer.Reset();
        ToClient.Reset();
        Handler = null;
        State = FlowState.Opening;
        IsFlowing = false;
        IsFromStart = false;
        OpenedAtMicroseconds = atMicroseconds;
        LastSeenMicroseconds = atMicroseconds;
        _clockMicroseconds = long.MinValue;
    }
}
