using System.Net;
using System.Text;
using Replay.Workload;

namespace Replay.Replayer.Tests;

/// <summary>Workloads made by hand: a moment is a number of microseconds after <see cref="Base"/>.</summary>
internal sealed class WorkloadMaker : IDisposable
{
    public const long Base = 1_700_000_000_000_000;

    private readonly WorkloadWriter _writer;
    private readonly Dictionary<int, int> _ordinals = [];
    private readonly WorkloadManifest _manifest;
    private readonly Engine _engine;
    private ulong _shapes;

    public WorkloadMaker(string folder, SnapshotInfo? snapshot = null, int blockExchanges = 4, Engine engine = Engine.PostgreSql)
    {
        Folder = folder;
        _engine = engine;
        _manifest = new WorkloadManifest
        {
            CreatedAt = DateTimeOffset.UnixEpoch,
            Servers = [new CapturedServer(engine, "10.0.0.1:5432", "15.18")],
            Snapshot = snapshot,
        };
        _writer = WorkloadWriter.Create(folder, _manifest, new WorkloadWriterOptions { BlockExchanges = blockExchanges });
    }

    public string Folder { get; }

    public static Session Session(int number, long openedAt = 0, long? closedAt = null) => new()
    {
        Number = number,
        Engine = Engine.PostgreSql,
        Client = new IPEndPoint(IPAddress.Loopback, 40_000 + number),
        Server = new IPEndPoint(IPAddress.Loopback, 5432),
        User = "alice",
        Database = "shop",
        OpenedAtMicroseconds = Base + openedAt,
        ClosedAtMicroseconds = closedAt is null ? null : Base + closedAt,
        FromStart = true,
    };

    public void Add(Session session) => _writer.WriteSession(session);

    public int Shape(string text, string @class) => _writer.AddShape(_engine, ++_shapes, 1, Encoding.UTF8.GetBytes(text), @class);

    /// <summary>Adds an exchange; returns its position. Exchanges have to be added in order of their ends.</summary>
    public long Add(int session, long started, long ended, int shape = -1, TransactionState state = TransactionState.Idle, Command command = Command.Query, string? sql = null, byte[]? request = null, ulong insertId = 0, string error = "")
    {
        var exchange = Exchange.Empty;
        exchange.Session = session;
        exchange.Ordinal = _ordinals[session] = _ordinals.GetValueOrDefault(session, -1) + 1;
        exchange.Command = command;
        exchange.Flags = ExchangeFlags.Complete | ExchangeFlags.RequestComplete | ExchangeFlags.Timed;
        exchange.TransactionState = state;
        exchange.RequestedAtMicroseconds = exchange.StartedAtMicroseconds = Base + started;
        exchange.FirstByteAtMicroseconds = exchange.EndedAtMicroseconds = Base + ended;
        exchange.Shape = shape;
        exchange.InsertId = insertId;
        exchange.ErrorCode = Encoding.ASCII.GetBytes(error);
        exchange.Text = Encoding.UTF8.GetBytes(sql ?? "select 1");
        exchange.Request = request ?? QueryMessage(sql ?? "select 1");
        exchange.TextOffset = request is null ? 5 : -1;
        return _writer.WriteExchange(in exchange);
    }

    public WorkloadReader Read()
    {
        _writer.Complete(_manifest);
        return WorkloadReader.Open(Folder);
    }

    public void Dispose() => _writer.Dispose();

    public static byte[] QueryMessage(string sql)
    {
        var text = Encoding.UTF8.GetBytes(sql);
        return [(byte)'Q', .. BigEndian(text.Length + 5), .. text, 0];
    }

    public static byte[] ParseMessage(string name, string sql)
    {
        byte[] body = [.. Encoding.UTF8.GetBytes(name), 0, .. Encoding.UTF8.GetBytes(sql), 0, 0, 0];
        return [(byte)'P', .. BigEndian(body.Length + 4), .. body];
    }

    public static byte[] BigEndian(int value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
}
