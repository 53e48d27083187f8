using System.Text;
using Replay.TestKit.Scripted;
using Replay.Workload;

namespace Replay.Client.Tests.MySql;

/// <summary>What a server remembers of a prepared statement, and what is to be said to one that remembers something else than the captured one did.</summary>
public sealed class MySqlStatementTests
{
    private const uint Captured = MySqlWire.Basic | 0x0020_0000;
    private const uint WithAttributes = Captured | MySqlWire.QueryAttributes;
    private const ulong MariaDbBulk = 1ul << 34;
    private const ushort Int = 3;
    private const ushort String = 254;

    private static readonly byte[] Five = MySqlWire.Little(5, 4);

    [Fact]
    public async Task TypesAreToldWithNamesUnderQueryAttributes()
    {
        await using var bench = await Bench.StartAsync(WithAttributes, WithAttributes);
        await bench.PrepareAsync(7, answer: 1001);
        await bench.ExecuteAsync(MySqlWire.ExecuteWithNames(7, null, null, Five), Int);
        await bench.ExecuteAsync(MySqlWire.ExecuteWithNames(7, null, null, Five), Int);

        Assert.Equal(MySqlWire.ExecuteWithNames(1001, [Int], null, Five), bench.Sent[1]);
        Assert.Equal(MySqlWire.ExecuteWithNames(1001, null, null, Five), bench.Sent[2]);
        Assert.Equal((1, 0), (bench.Connection.TypesTold, bench.Connection.ReencodedRequests));
    }

    [Fact]
    public async Task AnAttributeWhoseNameWasNotReplayedIsLeftOut()
    {
        await using var bench = await Bench.StartAsync(WithAttributes, WithAttributes);
        await bench.PrepareAsync(7, answer: 1001);
        await bench.ExecuteAsync(MySqlWire.ExecuteWithNames(7, null, null, Five, MySqlWire.Text("trace")), Int, String);

        Assert.Equal(MySqlWire.ExecuteWithNames(1001, [Int], null, Five), bench.Sent[1]);
        Assert.Equal((1, 1), (bench.Connection.TypesTold, bench.Connection.ReencodedRequests));
    }

    [Fact]
    public async Task AttributesGoAsTheyAreWhereBothHaveThem()
    {
        await using var bench = await Bench.StartAsync(WithAttributes, WithAttributes);
        await bench.PrepareAsync(7, answer: 1001);
        await bench.ExecuteAsync(MySqlWire.ExecuteWithNames(7, [Int, String], ["", "id"], Five, MySqlWire.Text("trace")));

        Assert.Equal(MySqlWire.ExecuteWithNames(1001, [Int, String], ["", "id"], Five, MySqlWire.Text("trace")), bench.Sent[1]);
        Assert.Equal(0, bench.Connection.ReencodedRequests);
    }

    [Fact]
    public async Task UntypedExecutionsLoseTheirAttributesToo()
    {
        await using var bench = await Bench.StartAsync(WithAttributes, Captured);
        await bench.PrepareAsync(7, answer: 1001);
        await bench.ExecuteAsync(MySqlWire.ExecuteWithNames(7, null, null, Five, MySqlWire.Text("trace")), Int, String);

        Assert.Equal(MySqlWire.Execute(1001, [Int], Five), bench.Sent[1]);
        Assert.Equal(1, bench.Connection.ReencodedRequests);
    }

    [Fact]
    public async Task TypesThatALeftOutExecutionChangedAreToldAnew()
    {
        await using var bench = await Bench.StartAsync(Captured, Captured);
        await bench.PrepareAsync(7, answer: 1001);
        await bench.ExecuteAsync(MySqlWire.Execute(7, [Int], Five));
        await bench.ExecuteAsync(MySqlWire.Execute(7, null, Five), Int);
        await bench.ExecuteAsync(MySqlWire.Execute(7, null, MySqlWire.Text("five")), String);

        Assert.Equal(MySqlWire.Execute(1001, null, Five), bench.Sent[2]);
        Assert.Equal(MySqlWire.Execute(1001, [String], MySqlWire.Text("five")), bench.Sent[3]);
    }

    [Theory]
    [InlineData(Command.MySqlStatementClose)]
    [InlineData(Command.MySqlResetConnection)]
    [InlineData(Command.MySqlChangeUser)]
    public async Task ANumberThatIsGivenAgainHasNoTypes(Command end)
    {
        await using var bench = await Bench.StartAsync(Captured, Captured);
        await bench.PrepareAsync(7, answer: 1001);
        await bench.ExecuteAsync(MySqlWire.Execute(7, [Int], Five));
        await bench.EndStatementsAsync(end, 7);
        await bench.PrepareAsync(7, answer: 1001);
        await bench.ExecuteAsync(MySqlWire.Execute(7, null, Five), Int);

        Assert.Equal(MySqlWire.Execute(1001, [Int], Five), bench.Sent[^1]);
    }

    [Fact]
    public async Task TypesThatNobodyRecordedAreNotGuessed()
    {
        await using var bench = await Bench.StartAsync(Captured, Captured);
        await bench.PrepareAsync(7, answer: 1001);

        Assert.Contains("types", bench.Refusal(Command.MySqlStatementExecute, MySqlWire.Execute(7, null, Five)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ABulkWithoutTypesFollowsOneThatToldThem()
    {
        await using var bench = await Bench.StartAsync(Captured, Captured, MariaDbBulk);
        await bench.PrepareAsync(7, answer: 1001);
        var untyped = MySqlWire.Command(0xFA, MySqlWire.Little(7, 4), MySqlWire.Little(0, 2), [0], Five);

        Assert.Contains("types", bench.Refusal(Command.MySqlStatementBulkExecute, untyped), StringComparison.Ordinal);
        await bench.SendAsync(Command.MySqlStatementBulkExecute, MySqlWire.Command(0xFA, MySqlWire.Little(7, 4), MySqlWire.Little(128, 2), MySqlWire.Little(Int, 2), [0], Five));
        await bench.SendAsync(Command.MySqlStatementBulkExecute, untyped);

        Assert.Equal(MySqlWire.Command(0xFA, MySqlWire.Little(1001, 4), MySqlWire.Little(0, 2), [0], Five), bench.Sent[^1]);
    }

    [Fact]
    public async Task TheStatementPreparedLastIsTheOneThatItWas()
    {
        await using var bench = await Bench.StartAsync(Captured, Captured);
        await bench.PrepareAsync(7, answer: 1001);
        await bench.PrepareAsync(8, answer: 1002);
        await bench.ExecuteAsync(MySqlWire.Execute(uint.MaxValue, [Int], Five), handle: 7);

        Assert.Equal(MySqlWire.Execute(1001, [Int], Five), bench.Sent[^1]);
    }

    [Fact]
    public async Task DamagedAttributesAreNotSentAsText()
    {
        await using var bench = await Bench.StartAsync(WithAttributes, Captured);

        Assert.Contains("attributes", bench.Refusal(Command.MySqlQuery, MySqlWire.Command(3, [5, 1], Encoding.ASCII.GetBytes("select 1"))), StringComparison.Ordinal);
    }

    /// <summary>A connection to a server that answers prepares with the number that the test wants, and all else with OK.</summary>
    private sealed class Bench : IAsyncDisposable
    {
        private readonly CollectingReceiver _receiver = new();
        private readonly ScriptedMySqlServer _server;
        private uint _nextId;
        private long _tag;

        private Bench(uint target, uint mariaDb) => _server = new ScriptedMySqlServer(session => ServeAsync(session, target, mariaDb));

        public TargetConnection Connection { get; private set; } = null!;

        public List<byte[]> Sent { get; } = [];

        public static async Task<Bench> StartAsync(uint captured, uint target, ulong mariaDb = 0)
        {
            var bench = new Bench(target, (uint)(mariaDb >> 32));
            var url = TargetUrl.Parse($"mysql://app:secret@127.0.0.1:{bench._server.Port}/shop");
            bench.Connection = TargetConnection.Create(url);
            await bench.Connection.OpenAsync(new ConnectionOptions { Url = url, MySqlCapabilities = captured | mariaDb });
            bench.Connection.Start(bench._receiver);
            return bench;
        }

        public Task PrepareAsync(uint captured, uint answer)
        {
            _nextId = answer;
            return SendAsync(Command.MySqlStatementPrepare, MySqlWire.Prepare("do ?"), captured);
        }

        public Task ExecuteAsync(byte[] bytes, params ushort[] recordedTypes) => SendAsync(Command.MySqlStatementExecute, bytes, 7, recordedTypes);

        public Task ExecuteAsync(byte[] bytes, uint handle) => SendAsync(Command.MySqlStatementExecute, bytes, handle);

        public Task EndStatementsAsync(Command how, uint captured) => SendAsync(how, how switch
        {
            Command.MySqlStatementClose => MySqlWire.Command(25, MySqlWire.Little(captured, 4)),
            Command.MySqlResetConnection => MySqlWire.Command(31),
            _ => MySqlWire.Command(17, MySqlWire.Zero("app"), [0], MySqlWire.Zero("shop"), MySqlWire.Little(45, 2), MySqlWire.Zero("mysql_native_password")),
        });

        public async Task SendAsync(Command command, byte[] bytes, uint handle = 7, params ushort[] recordedTypes)
        {
            Assert.True(TrySend(command, bytes, handle, recordedTypes, out var problem), problem);
            Assert.Equal("", (await _receiver.NextAsync()).ErrorCode);
        }

        public string Refusal(Command command, byte[] bytes)
        {
            Assert.False(TrySend(command, bytes, 7, [], out var problem));
            return problem!;
        }

        public async ValueTask DisposeAsync()
        {
            await Connection.DisposeAsync();
            await _server.DisposeAsync();
        }

        private bool TrySend(Command command, byte[] bytes, uint handle, ushort[] recordedTypes, out string? problem)
        {
            var types = MySqlWire.Join([.. recordedTypes.Select(t => MySqlWire.Little(t, 4))]);
            var flags = command == Command.MySqlStatementClose ? ExchangeFlags.NoResponse : ExchangeFlags.None;
            return Connection.TrySend(new RecordedRequest { Command = command, Flags = flags, Bytes = bytes, StatementHandle = handle, ParameterTypes = types }, ++_tag, out problem);
        }

        private async Task ServeAsync(ScriptedMySqlSession session, uint target, uint mariaDb)
        {
            await session.WelcomeAsync(target, mariaDb);
            while (true)
            {
                var request = await session.ReadAsync();
                Sent.Add(request);
                switch (request[4])
                {
                    case 22:
                        await session.SendAsync(MySqlWire.PrepareOk(_nextId, 0, 1), MySqlWire.Column(2, "?"), MySqlWire.Eof(3));
                        break;
                    case 25:
                        break;
                    default:
                        await session.SendAsync(MySqlWire.Ok(1));
                        break;
                }
            }
        }
    }
}
