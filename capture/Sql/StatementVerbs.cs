namespace Replay.Sql;

/// <summary>The class that a statement's first word gives it, and the flag that a function's name stands for.</summary>
internal static class StatementVerbs
{
    /// <summary>The class of a statement that begins with <paramref name="verb"/>.</summary>
    public static StatementClass ClassOf(Keyword verb) => verb switch
    {
        Keyword.Select or Keyword.Values or Keyword.Table or Keyword.With => StatementClass.Read,
        Keyword.Insert or Keyword.Update or Keyword.Delete or Keyword.Merge or Keyword.Replace => StatementClass.Write,
        Keyword.Create or Keyword.Alter or Keyword.Drop or Keyword.Grant or Keyword.OtherDdl => StatementClass.Ddl,
        Keyword.Begin or Keyword.Commit or Keyword.Rollback or Keyword.Savepoint or Keyword.Release or Keyword.OtherTransaction => StatementClass.Transaction,
        Keyword.Set or Keyword.Use or Keyword.Prepare or Keyword.Deallocate or Keyword.OtherSession => StatementClass.Session,
        Keyword.Copy or Keyword.Load => StatementClass.Copy,
        Keyword.Call or Keyword.Do or Keyword.Execute => StatementClass.Call,
        Keyword.Declare or Keyword.Fetch or Keyword.Move or Keyword.Close => StatementClass.Cursor,
        Keyword.Start or Keyword.Change or Keyword.Lock or Keyword.OtherUtility => StatementClass.Utility,
        _ => StatementClass.Unknown,
    };

    /// <summary>What a call of <paramref name="function"/> tells.</summary>
    public static StatementFlags FlagOf(Keyword function) => function switch
    {
        Keyword.Clock or Keyword.ClockWord => StatementFlags.ReadsClock,
        Keyword.Chance => StatementFlags.ReadsChance,
        Keyword.Sequence => StatementFlags.ReadsSequence,
        Keyword.ServerState => StatementFlags.ReadsServerState,
        Keyword.LockOrSleep => StatementFlags.LocksOrSleeps,
        _ => StatementFlags.None,
    };
}
