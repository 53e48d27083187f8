using System.Collections.Frozen;

namespace Replay.Workload;

/// <summary>The names of commands as users see them in <c>show</c>, in reports and in NDJSON.</summary>
public static class CommandNames
{
    private static readonly FrozenDictionary<Command, string> Names = new Dictionary<Command, string>
    {
        [Command.Unknown] = "unknown",
        [Command.Query] = "query",
        [Command.Parse] = "parse",
        [Command.Execute] = "execute",
        [Command.Bind] = "bind",
        [Command.Describe] = "describe",
        [Command.Close] = "close",
        [Command.Sync] = "sync",
        [Command.FunctionCall] = "function_call",
        [Command.Cancel] = "cancel",
        [Command.Terminate] = "terminate",
        [Command.MySqlQuit] = "quit",
        [Command.MySqlInitDb] = "init_db",
        [Command.MySqlQuery] = "query",
        [Command.MySqlFieldList] = "field_list",
        [Command.MySqlCreateDb] = "create_db",
        [Command.MySqlDropDb] = "drop_db",
        [Command.MySqlRefresh] = "refresh",
        [Command.MySqlShutdown] = "shutdown",
        [Command.MySqlStatistics] = "statistics",
        [Command.MySqlProcessInfo] = "process_info",
        [Command.MySqlProcessKill] = "process_kill",
        [Command.MySqlDebug] = "debug",
        [Command.MySqlPing] = "ping",
        [Command.MySqlChangeUser] = "change_user",
        [Command.MySqlBinlogDump] = "binlog_dump",
        [Command.MySqlRegisterReplica] = "register_slave",
        [Command.MySqlStatementPrepare] = "stmt_prepare",
        [Command.MySqlStatementExecute] = "stmt_execute",
        [Command.MySqlStatementSendLongData] = "stmt_send_long_data",
        [Command.MySqlStatementClose] = "stmt_close",
        [Command.MySqlStatementReset] = "stmt_reset",
        [Command.MySqlSetOption] = "set_option",
        [Command.MySqlStatementFetch] = "stmt_fetch",
        [Command.MySqlBinlogDumpGtid] = "binlog_dump_gtid",
        [Command.MySqlResetConnection] = "reset_connection",
        [Command.MySqlOther] = "other",
        [Command.MySqlStatementBulkExecute] = "stmt_bulk_execute",
    }.ToFrozenDictionary();

    /// <summary>The protocol's own word for <paramref name="command"/>, in lower case.</summary>
    public static string Name(this Command command) => Names.GetValueOrDefault(command, "unknown");

    /// <summary>The engine whose protocol has <paramref name="command"/>.</summary>
    public static Engine EngineOf(Command command) => (byte)command >= 64 ? Engine.MySql : Engine.PostgreSql;
}
