using System.Text;
using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class SessionMemoryTests
{
    private readonly RequestSlabs _slabs = new();

    [Fact]
    public void StatementsThatWereClosedAreNotPreparedAgain()
    {
        var memory = new SessionMemory(Engine.MySql, new SessionMemoryBudget());
        Note(memory, SessionEffect.Statements, "prepare a", command: Command.MySqlStatementPrepare, handle: 1);
        Note(memory, SessionEffect.Statements, "prepare b", command: Command.MySqlStatementPrepare, handle: 2);
        Note(memory, SessionEffect.Statements, "close", command: Command.MySqlStatementClose, handle: 1);
        Assert.Equal(["prepare b"], Texts(memory));
        Assert.Equal(2, memory[0].StatementHandle);
    }

    [Fact]
    public void ALaterSettingReplacesAnEarlierOneOfItsShape()
    {
        var memory = new SessionMemory(Engine.MySql, new SessionMemoryBudget());
        Note(memory, SessionEffect.Setting, "set a = 1", shape: 1);
        Note(memory, SessionEffect.Setting, "set b = 1", shape: 2);
        Note(memory, SessionEffect.Setting, "set a = 2", shape: 1);
        Note(memory, SessionEffect.Setting, "set b = 2", shape: 2, succeeded: false);
        Note(memory, SessionEffect.Repeatable, "select @x := 1");
        Note(memory, SessionEffect.Repeatable, "select @x := 1");
        Assert.Equal(["set b = 1", "set a = 2", "select @x := 1"], Texts(memory));
    }

    [Fact]
    public void AResetForgetsAllButMySqlsDatabase()
    {
        var memory = new SessionMemory(Engine.MySql, new SessionMemoryBudget());
        Note(memory, SessionEffect.Database, "shop", command: Command.MySqlInitDb);
        Note(memory, SessionEffect.Database, "use till", shape: 4);
        Note(memory, SessionEffect.Setting, "set a = 1", shape: 1);
        Note(memory, SessionEffect.Discards, "reset", command: Command.MySqlResetConnection);
        Assert.Equal(["use till"], Texts(memory));
        Note(memory, SessionEffect.Renews, "change user", command: Command.MySqlChangeUser);
        Assert.Equal(["change user"], Texts(memory));
    }

    [Fact]
    public void PostgresForgetsWhatWasRolledBack()
    {
        var memory = new SessionMemory(Engine.PostgreSql, new SessionMemoryBudget());
        NoteQuery(memory, SessionEffect.Setting, "set a = 1", TransactionState.Idle, shape: 1);
        NoteQuery(memory, SessionEffect.Setting, "set a = 2", TransactionState.Open, shape: 1);
        NoteQuery(memory, SessionEffect.RollsBack, "rollback", TransactionState.Idle);
        Assert.Equal(["set a = 1"], Queries(memory));
        NoteQuery(memory, SessionEffect.Setting, "set a = 3", TransactionState.Open, shape: 1);
        NoteQuery(memory, SessionEffect.None, "commit", TransactionState.Idle);
        Assert.Equal(["set a = 3"], Queries(memory));
        NoteQuery(memory, SessionEffect.Setting, "set a = 4", TransactionState.Open, shape: 1);
        NoteQuery(memory, SessionEffect.None, "select 1/0", TransactionState.Failed, succeeded: false);
        NoteQuery(memory, SessionEffect.None, "commit", TransactionState.Idle);
        Assert.Equal(["set a = 3"], Queries(memory));
    }

    [Fact]
    public void NamedStatementsOfPostgresAreKeptWithoutTheirExecutions()
    {
        var memory = new SessionMemory(Engine.PostgreSql, new SessionMemoryBudget());
        byte[] parse = [.. Message('P', "a\0select 1\0\0\0"), .. Message('B', "\0a\0"), .. Message('E', "\0\0\0\0\0"), .. PostgresMessages.Sync];
        Note(memory, SessionEffect.Statements, parse, Command.Execute, succeeded: false); // the Parse holds although the Execute failed
        Assert.Equal([.. Message('P', "a\0select 1\0\0\0"), .. PostgresMessages.Sync], memory[0].Bytes.ToArray());
        Assert.Equal((1, Command.Parse), (memory.Count, memory[0].Command));
        Note(memory, SessionEffect.Statements, [.. Message('C', "Sa\0"), .. PostgresMessages.Sync], Command.Close);
        Assert.Equal(0, memory.Count);
    }

    [Fact]
    public void MemoryIsBoundedForAllSessionsTogether()
    {
        var budget = new SessionMemoryBudget(20);
        var first = new SessionMemory(Engine.MySql, budget);
        var second = new SessionMemory(Engine.MySql, budget);
        Note(first, SessionEffect.Repeatable, "0123456789");
        Note(second, SessionEffect.Repeatable, "0123456789+");
        Assert.Equal((true, false), (first.IsWhole, second.IsWhole));
        Note(second, SessionEffect.Discards, "reset", command: Command.MySqlResetConnection);
        first.Clear();
        Note(second, SessionEffect.Repeatable, "0123456789+");
        Assert.True(second.IsWhole);
        Assert.Equal(["0123456789+"], Texts(second));
    }

    private static byte[] Message(char type, string body) => [(byte)type, 0, 0, 0, (byte)(body.Length + 4), .. Encoding.ASCII.GetBytes(body)];

    private static List<string> Texts(SessionMemory memory)
    {
        var texts = new List<string>();
        for (var i = 0; i < memory.Count; i++)
        {
            texts.Add(Encoding.ASCII.GetString(memory[i].Bytes));
        }

        return texts;
    }

    private static IEnumerable<string> Queries(SessionMemory memory) => Texts(memory).Select(t => t[5..^1]);

    private void Note(SessionMemory memory, SessionEffect effect, string text, Command command = Command.MySqlQuery, long handle = -1, int shape = -1, bool succeeded = true) =>
        Note(memory, effect, Encoding.ASCII.GetBytes(text), command, handle, shape, succeeded);

    private void NoteQuery(SessionMemory memory, SessionEffect effect, string sql, TransactionState state, int shape = -1, bool succeeded = true) =>
        Note(memory, effect, WorkloadMaker.QueryMessage(sql), Command.Query, -1, shape, succeeded, state);

    private void Note(
        SessionMemory memory, SessionEffect effect, byte[] request, Command command, long handle = -1, int shape = -1, bool succeeded = true, TransactionState state = TransactionState.Idle)
    {
        var planned = new PlannedExchange { Command = command, Effect = effect, StatementHandle = handle, Shape = shape, State = state, Batch = -1 };
        planned.Slab = _slabs.Append(request, [], out planned.Offset);
        planned.Length = request.Length;
        memory.Note(in planned, succeeded);
    }
}
