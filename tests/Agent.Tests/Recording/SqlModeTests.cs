using System.Net;
using System.Text;
using Replay.Agent.Hosting;
using Replay.Agent.Recording;
using Replay.Agent.Snapshots;
using Replay.Network;
using Replay.Protocol;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.Agent.Tests.Recording;

/// <summary>Shapes follow each MySQL session's sql_mode.</summary>
public sealed class SqlModeTests : IDisposable
{
    private readonly TempFolder _folder = new("mode");
    private readonly WorkloadWriter _writer;
    private readonly Recorder _recorder;
    private int _sessions;

    public SqlModeTests()
    {
        _writer = WorkloadWriter.Create(_folder.File("w"), new WorkloadManifest());
        _recorder = new Recorder(_writer, new Reporter(TextWriter.Null, quiet: true, isTerminal: false), ServerSpec.Usual, new ToolSessions(), new ConversationLimits());
    }

    public void Dispose()
    {
        _writer.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void QuotesAreNamesInASessionThatSaysSo()
    {
        var (plain, ansi) = (Session(), Session());
        Run(ansi, "SET SESSION sql_mode = 'ANSI_QUOTES'");
        Run(plain, """select "a" from t""");
        Run(ansi, """select "a" from t""");
        Run(ansi, "prepared", command: Command.MySqlStatementPrepare, handle: 7);
        Run(ansi, "", command: Command.MySqlResetConnection);
        Run(ansi, """select "b" from t""");
        Run(ansi, "SET sql_mode = nonsense", error: "1231");
        Run(ansi, """select "c" from t""");
        Assert.Equal(["select ? from t", "select \"a\" from t", "select ? from t", "select ? from t"], ShapesOfSelects());
    }

    [Fact]
    public void APreparedTextKeepsWhatHeldWhenItWasPrepared()
    {
        var session = Session();
        Run(session, "SET sql_mode = 'ANSI_QUOTES'");
        Run(session, """select "p" from t""", command: Command.MySqlStatementPrepare, handle: 7);
        Run(session, "SET sql_mode = ''");
        Run(session, """select "p" from t""", command: Command.MySqlStatementExecute, handle: 7);
        Run(session, """select "q" from t""");
        Assert.Equal(["select \"p\" from t", "select \"p\" from t", "select ? from t"], ShapesOfSelects());
    }

    private RecordedFlow Session()
    {
        var endpoints = new FlowEndpoints(new IPEndPoint(IPAddress.Loopback, 40_000 + ++_sessions), new IPEndPoint(IPAddress.Loopback, 3306));
        return (RecordedFlow)_recorder.Open(in endpoints, fromStart: true, atMicroseconds: 1)!;
    }

    private void Run(RecordedFlow session, string sql, string error = "", Command command = Command.MySqlQuery, long handle = -1)
    {
        var exchange = Exchange.Empty;
        exchange.Command = command;
        exchange.Flags = ExchangeFlags.Complete | ExchangeFlags.RequestComplete;
        exchange.Text = Encoding.UTF8.GetBytes(sql);
        exchange.Request = exchange.Text;
        exchange.TextOffset = command == Command.MySqlStatementExecute ? -1 : 0;
        exchange.StatementHandle = handle;
        exchange.ErrorCode = Encoding.UTF8.GetBytes(error);
        _recorder.OnExchange(session.Conversation, in exchange);
    }

    private List<string> ShapesOfSelects()
    {
        _writer.Complete(new WorkloadManifest());
        using var reader = WorkloadReader.Open(_folder.File("w"));
        using var cursor = reader.Read();
        var shapes = new List<string>();
        while (cursor.MoveNext())
        {
            if (Encoding.UTF8.GetString(cursor.Current.Text).StartsWith("select", StringComparison.Ordinal))
            {
                shapes.Add(reader.Shapes[cursor.Current.Shape].Text);
            }
        }

        return shapes;
    }
}
