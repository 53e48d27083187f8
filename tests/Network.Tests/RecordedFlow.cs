namespace Replay.Network.Tests;

/// <summary>What one connection was told, in order.</summary>
internal sealed class RecordedFlow(FlowEndpoints endpoints, bool fromStart, long openedAtMicroseconds) : FlowHandler
{
    private readonly MemoryStream _toServer = new();
    private readonly MemoryStream _toClient = new();

    public FlowEndpoints Endpoints { get; } = endpoints;

    public bool FromStart { get; } = fromStart;

    public long OpenedAtMicroseconds { get; } = openedAtMicroseconds;

    /// <summary>One letter and text each: "&gt;bytes" to the server, "&lt;bytes" to the client, "gap&gt;n", "gap&lt;n", the reason of the end.</summary>
    public List<string> Events { get; } = [];

    public List<long> Times { get; } = [];

    public FlowCloseReason? Reason { get; private set; }

    public byte[] ToServer => _toServer.ToArray();

    public byte[] ToClient => _toClient.ToArray();

    /// <summary>Bytes and gaps of a half, gaps as runs of null.</summary>
    public List<(long Offset, byte[]? Bytes, long Length)> Pieces(FlowDirection direction) => _pieces[(int)direction];

    public long MissingBytes { get; private set; }

    private readonly List<(long Offset, byte[]? Bytes, long Length)>[] _pieces = [[], []];
    private readonly long[] _offsets = new long[2];

    public override void Data(FlowDirection direction, ReadOnlySpan<byte> bytes, long atMicroseconds)
    {
        Assert.Null(Reason);
        Assert.False(bytes.IsEmpty);
        (direction == FlowDirection.ToServer ? _toServer : _toClient).Write(bytes);
        Add(direction, bytes.ToArray(), bytes.Length);
        Event((direction == FlowDirection.ToServer ? ">" : "<") + System.Text.Encoding.Latin1.GetString(bytes), atMicroseconds);
    }

    public override void Gap(FlowDirection direction, long bytes, long atMicroseconds)
    {
        Assert.Null(Reason);
        Assert.InRange(bytes, 1, long.MaxValue);
        MissingBytes += bytes;
        Add(direction, null, bytes);
        Event((direction == FlowDirection.ToServer ? "gap>" : "gap<") + bytes, atMicroseconds);
    }

    public override void Closed(FlowCloseReason reason, long atMicroseconds)
    {
        Assert.Null(Reason);
        Event(reason.ToString(), atMicroseconds);
        Reason = reason;
    }

    private void Add(FlowDirection direction, byte[]? bytes, long length)
    {
        _pieces[(int)direction].Add((_offsets[(int)direction], bytes, length));
        _offsets[(int)direction] += length;
    }

    private void Event(string text, long atMicroseconds)
    {
        Assert.True(Times.Count == 0 || atMicroseconds >= Times[^1], "time went back within a connection");
        Times.Add(atMicroseconds);
        Events.Add(text);
    }
}
