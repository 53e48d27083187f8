namespace Replay.Workload;

/// <summary>
/// What the client asked for: the protocol's own word. The numbers are part of the file format; MySQL's are 64 + the command byte.
/// </summary>
public enum Command : byte
{
    /// <summary>Not known.</summary>
    Unknown = 0,

    /// <summary>PostgreSQL: simple query.</summary>
    Query = 1,

    /// <summary>PostgreSQL: a Parse that travels alone or failed.</summary>
    Parse = 2,

    /// <summary>PostgreSQL: Execute, with the Bind (and Parse, Describe) of the same batch that serve it.</summary>
    Execute = 3,

    /// <summary>PostgreSQL: a Bind that no Execute of its batch uses.</summary>
    Bind = 4,

    /// <summary>PostgreSQL: a Describe that travels alone.</summary>
    Describe = 5,

    /// <summary>PostgreSQL: a Close that travels alone.</summary>
    Close = 6,

    /// <summary>PostgreSQL: a Sync that travels alone.</summary>
    Sync = 7,

    /// <summary>PostgreSQL: the function call ("fast path") protocol.</summary>
    FunctionCall = 8,

    /// <summary>PostgreSQL: a cancel request; it comes on a connection of its own.</summary>
    Cancel = 9,

    /// <summary>PostgreSQL: Terminate.</summary>
    Terminate = 10,

    /// <summary>MySQL: COM_QUIT.</summary>
    MySqlQuit = 64 + 1,

    /// <summary>MySQL: COM_INIT_DB.</summary>
    MySqlInitDb = 64 + 2,

    /// <summary>MySQL: COM_QUERY.</summary>
    MySqlQuery = 64 + 3,

    /// <summary>MySQL: COM_FIELD_LIST.</summary>
    MySqlFieldList = 64 + 4,

    /// <summary>MySQL: COM_CREATE_DB.</summary>
    MySqlCreateDb = 64 + 5,

    /// <summary>MySQL: COM_DROP_DB.</summary>
    MySqlDropDb = 64 + 6,

    /// <summary>MySQL: COM_REFRESH.</summary>
    MySqlRefresh = 64 + 7,

    /// <summary>MySQL: COM_SHUTDOWN.</summary>
    MySqlShutdown = 64 + 8,

    /// <summary>MySQL: COM_STATISTICS.</summary>
    MySqlStatistics = 64 + 9,

    /// <summary>MySQL: COM_PROCESS_INFO.</summary>
    MySqlProcessInfo = 64 + 10,

    /// <summary>MySQL: COM_PROCESS_KILL.</summary>
    MySqlProcessKill = 64 + 12,

    /// <summary>MySQL: COM_DEBUG.</summary>
    MySqlDebug = 64 + 13,

    /// <summary>MySQL: COM_PING.</summary>
    MySqlPing = 64 + 14,

    /// <summary>MySQL: COM_CHANGE_USER.</summary>
    MySqlChangeUser = 64 + 17,

    /// <summary>MySQL: COM_BINLOG_DUMP; the connection is a replica's from then on.</summary>
    MySqlBinlogDump = 64 + 18,

    /// <summary>MySQL: COM_REGISTER_SLAVE.</summary>
    MySqlRegisterReplica = 64 + 21,

    /// <summary>MySQL: COM_STMT_PREPARE.</summary>
    MySqlStatementPrepare = 64 + 22,

    /// <summary>MySQL: COM_STMT_EXECUTE.</summary>
    MySqlStatementExecute = 64 + 23,

    /// <summary>MySQL: COM_STMT_SEND_LONG_DATA; it has no response.</summary>
    MySqlStatementSendLongData = 64 + 24,

    /// <summary>MySQL: COM_STMT_CLOSE; it has no response.</summary>
    MySqlStatementClose = 64 + 25,

    /// <summary>MySQL: COM_STMT_RESET.</summary>
    MySqlStatementReset = 64 + 26,

    /// <summary>MySQL: COM_SET_OPTION.</summary>
    MySqlSetOption = 64 + 27,

    /// <summary>MySQL: COM_STMT_FETCH.</summary>
    MySqlStatementFetch = 64 + 28,

    /// <summary>MySQL: COM_BINLOG_DUMP_GTID.</summary>
    MySqlBinlogDumpGtid = 64 + 30,

    /// <summary>MySQL: COM_RESET_CONNECTION.</summary>
    MySqlResetConnection = 64 + 31,

    /// <summary>MySQL: any command byte that has no name here; the byte is in the request.</summary>
    MySqlOther = 64 + 63,

    /// <summary>MariaDB: COM_STMT_BULK_EXECUTE (0xFA).</summary>
    MySqlStatementBulkExecute = 64 + 64,
}
