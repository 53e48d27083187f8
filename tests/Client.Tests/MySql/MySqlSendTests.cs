using System.Text;
using Replay.TestKit.Scripted;
using Replay.Workload;

namespace Replay.Client.Tests.MySql;

public sealed class MySqlSendTests
{
    private const uint Captured = MySqlWire.Basic | 0x0020_0000;

    [Fact]
    public async Task RecordedBytesGoOutAsTheyWere()
    {
        var query = MySqlWire.Query("select 1");
        await using var server = new ScriptedMySqlServer(async session =>
        {
            await session.WelcomeAsync(Captured);
            Assert.Equal(query, await session.ReadAsync());
            await session.SendAsync(MySqlWire.Packet(1, [1]), MySqlWire.Column(2, "1"), MySqlWire.Eof(3), MySqlWire.TextRow(4, "1"), MySqlWire.Eof(5));
            Assert.Equal(MySqlWire.Command(14), await session.ReadAsync());
            await session.SendAsync(MySqlWire.Ok(1));
        });
        await using var connection = await OpenAsync(server.Port);
        var receiver = Start(connection);

        Send(connection, Command.MySqlQuery, query, 5);
        var row = await receiver.NextAsync();
        Send(connection, Command.MySqlPing, MySqlWire.Command(14), 6);
        var ping = await receiver.NextAsync();

        Assert.Equal((5L, 1L), (row.Tag, row.Rows));
        Assert.Equal((6L, Command.MySqlPing), (ping.Tag, ping.Command));
    }

    [Fact]
    public async Task StatementNumbersAreMapped()
    {
        var sent = new List<byte[]>();
        await using var server = new ScriptedMySqlServer(async session =>
        {
            await session.WelcomeAsync(Captured);
            await session.ReadAsync();
            await session.SendAsync(MySqlWire.PrepareOk(1001, 0, 1), MySqlWire.Column(2, "?"), MySqlWire.Eof(3));
            sent.Add(await session.ReadAsync());
            await session.SendAsync(MySqlWire.Ok(1));
            sent.Add(await session.ReadAsync());
            sent.Add(await session.ReadAsync());
            await session.SendAsync(MySqlWire.Error(1, 1243, "unknown statement"));
        });
        await using var connection = await OpenAsync(server.Port);
        var receiver = Start(connection);
        var execute = MySqlWire.Execute(7, [3], MySqlWire.Little(5, 4));

        Send(connection, Command.MySqlStatementPrepare, MySqlWire.Prepare("do ?"), 1, handle: 7);
        Assert.Equal(1001, (await receiver.NextAsync()).Handle);
        Send(connection, Command.MySqlStatementExecute, execute, 2, handle: 7);
        await receiver.NextAsync();
        Send(connection, Command.MySqlStatementClose, MySqlWire.Command(25, MySqlWire.Little(7, 4)), 3, handle: 7);
        await receiver.NextAsync();
        Send(connection, Command.MySqlStatementExecute, execute, 4, handle: 7);
        Assert.Equal("1243", (await receiver.NextAsync()).ErrorCode);

        Assert.Equal(MySqlWire.Execute(1001, [3], MySqlWire.Little(5, 4)), sent[0]);
        Assert.Equal(MySqlWire.Command(25, MySqlWire.Little(1001, 4)), sent[1]);
        Assert.NotEqual(7u, BitConverter.ToUInt32(sent[2], 5)); // 7 may be another statement by now
    }

    [Fact]
    public async Task TypesThatNoReplayedExecutionToldAreToldOnce()
    {
        var sent = new List<byte[]>();
        await using var server = new ScriptedMySqlServer(async session =>
        {
            await session.WelcomeAsync(Captured);
            await session.ReadAsync();
            await session.SendAsync(MySqlWire.PrepareOk(1001, 0, 1), MySqlWire.Column(2, "?"), MySqlWire.Eof(3));
            for (var i = 0; i < 2; i++)
            {
                sent.Add(await session.ReadAsync());
                await session.SendAsync(MySqlWire.Ok(1));
            }
        });
        await using var connection = await OpenAsync(server.Port);
        var receiver = Start(connection);
        var untyped = MySqlWire.Execute(7, null, MySqlWire.Little(5, 4));

        Send(connection, Command.MySqlStatementPrepare, MySqlWire.Prepare("do ?"), 1, handle: 7);
        await receiver.NextAsync();
        for (var tag = 2; tag < 4; tag++)
        {
            var request = new RecordedRequest { Command = Command.MySqlStatementExecute, Bytes = untyped, StatementHandle = 7, ParameterTypes = MySqlWire.Little(3, 4) };
            Assert.True(connection.TrySend(request, tag, out var problem), problem);
            await receiver.NextAsync();
        }

        Assert.Equal(MySqlWire.Execute(1001, [3], MySqlWire.Little(5, 4)), sent[0]);
        Assert.Equal(MySqlWire.Execute(1001, null, MySqlWire.Little(5, 4)), sent[1]);
    }

    [Fact]
    public async Task FileGoesOnlyWhenAskedFor()
    {
        var load = MySqlWire.Query("load data local infile 'x' into table t");
        var data = MySqlWire.Join(MySqlWire.Packet(2, Encoding.ASCII.GetBytes("1\n")), MySqlWire.Packet(3));
        var received = new List<byte[]>();
        await using var server = new ScriptedMySqlServer(async session =>
        {
            await session.WelcomeAsync(Captured | 0x80);
            Assert.Equal(load, await session.ReadAsync());
            await session.SendAsync(MySqlWire.Packet(1, [0xFB], [(byte)'x']));
            received.Add(await session.ReadAsync());
            received.Add(await session.ReadAsync());
            await session.SendAsync(MySqlWire.Ok(4, affected: 1));
            Assert.Equal(load, await session.ReadAsync());
            await session.SendAsync(MySqlWire.Error(1, 3948, "loading local data is disabled"));
            received.Add(await session.ReadAsync());
            await session.SendAsync(MySqlWire.Ok(1));
            Assert.Equal(load, await session.ReadAsync());
            await session.SendAsync(MySqlWire.Packet(1, [0xFB], [(byte)'x']));
            received.Add(await session.ReadAsync());
            await session.SendAsync(MySqlWire.Ok(3));
        });
        await using var connection = await OpenAsync(server.Port);
        var receiver = Start(connection);

        Send(connection, Command.MySqlQuery, MySqlWire.Join(load, data), 1);
        Assert.Equal(1, (await receiver.NextAsync()).Affected);
        Send(connection, Command.MySqlQuery, MySqlWire.Join(load, data), 2);
        Assert.Equal("3948", (await receiver.NextAsync()).ErrorCode);
        Send(connection, Command.MySqlPing, MySqlWire.Command(14), 3);
        await receiver.NextAsync();
        Send(connection, Command.MySqlQuery, load, 4); // no file was recorded: an empty one
        Assert.Equal(0, (await receiver.NextAsync()).Affected);

        Assert.Equal(data, MySqlWire.Join(received[0], received[1]));
        Assert.Equal(MySqlWire.Command(14), received[2]);
        Assert.Equal(MySqlWire.Packet(2), received[3]);
    }

    [Fact]
    public async Task AttributesAreLeftOutForServersWithoutThem()
    {
        var received = new List<byte[]>();
        await using var server = new ScriptedMySqlServer(async session =>
        {
            await session.WelcomeAsync(Captured, version: "11.8.6-MariaDB");
            received.Add(await session.ReadAsync());
            await session.SendAsync(MySqlWire.Ok(1));
            await session.ReadAsync();
            await session.SendAsync(MySqlWire.PrepareOk(4, 0, 2), MySqlWire.Column(2, "?"), MySqlWire.Column(3, "?"), MySqlWire.Eof(4));
            received.Add(await session.ReadAsync());
            await session.SendAsync(MySqlWire.Ok(1));
        });
        await using var connection = await OpenAsync(server.Port, Captured | MySqlWire.QueryAttributes);
        var receiver = Start(connection);

        Send(connection, Command.MySqlQuery, MySqlWire.Command(3, [1, 1], [0], [1], MySqlWire.Little(254, 2), MySqlWire.Text("trace"), MySqlWire.Text("abc"), Encoding.ASCII.GetBytes("select 1")), 1);
        await receiver.NextAsync();
        Send(connection, Command.MySqlStatementPrepare, MySqlWire.Prepare("do ? + ?"), 2, handle: 4);
        await receiver.NextAsync();
        Send(
            connection,
            Command.MySqlStatementExecute,
            MySqlWire.Command(
                23, MySqlWire.Little(4, 4), [8], MySqlWire.Little(1, 4), [3], [2], [1], MySqlWire.Little(3, 2), [0], MySqlWire.Little(8, 2), [0], MySqlWire.Little(254, 2), MySqlWire.Text("trace"), MySqlWire.Little(5, 4), MySqlWire.Text("abc")),
            3,
            handle: 4);
        await receiver.NextAsync();

        Assert.Equal(MySqlWire.Query("select 1"), received[0]);
        Assert.Equal(MySqlWire.Execute(4, [3, 8], MySqlWire.Little(5, 4), null), received[1]);
        Assert.Equal(2, connection.ReencodedRequests);
    }

    [Fact]
    public async Task ChangeOfUserIsProvenAnew()
    {
        var challenge = Enumerable.Range(1, 20).Select(i => (byte)(i * 3)).ToArray();
        byte[] command = [], proof = [];
        await using var server = new ScriptedMySqlServer(async session =>
        {
            await session.WelcomeAsync(Captured);
            command = await session.ReadAsync();
            await session.SendAsync(MySqlWire.Packet(1, [0xFE], MySqlWire.Zero("mysql_native_password"), challenge, [0]));
            proof = await session.ReadAsync();
            await session.SendAsync(MySqlWire.Ok(3));
        });
        await using var connection = await OpenAsync(server.Port);
        var receiver = Start(connection);
        var recorded = MySqlWire.Command(17, MySqlWire.Zero("clerk"), [20], new byte[20], MySqlWire.Zero("till"), MySqlWire.Little(46, 2), MySqlWire.Zero("mysql_native_password"));

        Send(connection, Command.MySqlChangeUser, recorded, 1, ExchangeFlags.Masked);
        var outcome = await receiver.NextAsync();

        Assert.Equal("", outcome.ErrorCode);
        Assert.True(outcome.Flags.HasFlag(ExchangeFlags.Complete));
        Assert.True(command.AsSpan().IndexOf(MySqlWire.Zero("app")) > 0); // the URL's user
        Assert.True(command.AsSpan().IndexOf(MySqlWire.Zero("till")) > 0);
        Assert.Equal((2, 24), (proof[3], proof.Length));
    }

    [Theory]
    [InlineData(Command.MySqlQuery, ExchangeFlags.Masked)]
    [InlineData(Command.MySqlProcessKill, ExchangeFlags.None)]
    [InlineData(Command.MySqlShutdown, ExchangeFlags.None)]
    [InlineData(Command.MySqlStatementBulkExecute, ExchangeFlags.None)]
    public async Task WhatCannotBeSentIsToldWhy(Command command, ExchangeFlags flags)
    {
        await using var server = new ScriptedMySqlServer(async session => await session.WelcomeAsync(Captured));
        await using var connection = await OpenAsync(server.Port);
        Start(connection);

        Assert.False(connection.TrySend(new RecordedRequest { Command = command, Flags = flags, Bytes = MySqlWire.Packet(0, new byte[10]) }, 1, out var problem));
        Assert.NotEmpty(problem!);
    }

    [Fact]
    public async Task OwnQueriesAreReadAsText()
    {
        await using var server = new ScriptedMySqlServer(async session =>
        {
            await session.WelcomeAsync(Captured);
            await session.ReadAsync();
            await session.SendAsync(MySqlWire.Packet(1, [2]), MySqlWire.Column(2, "a"), MySqlWire.Column(3, "b"), MySqlWire.Eof(4), MySqlWire.TextRow(5, "1", null), MySqlWire.TextRow(6, "", "x"), MySqlWire.Eof(7));
            await session.ReadAsync();
            await session.SendAsync(MySqlWire.Error(1, 1146, "no such table"));
            await session.ReadAsync();
            await session.SendAsync(MySqlWire.Ok(1, affected: 3));
        });
        await using var connection = await OpenAsync(server.Port);

        var rows = await connection.QueryAsync("select a, b from t");
        var error = await connection.QueryAsync("select * from nope");
        var change = await connection.QueryAsync("delete from t");

        Assert.Equal(["a", "b"], rows.Columns);
        Assert.Equal([["1", null], ["", "x"]], rows.Rows);
        Assert.Equal(("1146", "no such table"), (error.ErrorCode, error.ErrorMessage));
        Assert.Equal(3, change.Affected);
    }

    [Fact]
    public async Task LostConnectionIsTold()
    {
        await using var server = new ScriptedMySqlServer(async session =>
        {
            await session.WelcomeAsync(Captured);
            await session.ReadAsync();
        });
        await using var connection = await OpenAsync(server.Port);
        var receiver = Start(connection);

        Send(connection, Command.MySqlQuery, MySqlWire.Query("select 1"), 1);
        Assert.Equal(TargetErrorCodes.ConnectionLost, (await receiver.NextAsync()).ErrorCode);
    }

    private static async Task<TargetConnection> OpenAsync(int port, ulong captured = Captured)
    {
        var url = TargetUrl.Parse($"mysql://app:secret@127.0.0.1:{port}/shop");
        var connection = TargetConnection.Create(url);
        await connection.OpenAsync(new ConnectionOptions { Url = url, MySqlCapabilities = captured });
        return connection;
    }

    private static CollectingReceiver Start(TargetConnection connection)
    {
        var receiver = new CollectingReceiver();
        connection.Start(receiver);
        return receiver;
    }

    private static void Send(TargetConnection connection, Command command, byte[] bytes, long tag, ExchangeFlags flags = ExchangeFlags.None, long handle = -1)
    {
        var request = new RecordedRequest { Command = command, Flags = flags, Bytes = bytes, StatementHandle = handle };
        Assert.True(connection.TrySend(request, tag, out var problem), problem);
    }
}
