namespace Replay.Protocol.MySql;

/// <summary>
/// What client and server agreed on: the manual's capability flags, with MariaDB's extended ones in the upper half.
/// <see href="https://dev.mysql.com/doc/dev/mysql-server/latest/group__group__cs__capabilities__flags.html"/>,
/// <see href="https://mariadb.com/kb/en/connection/#capabilities"/>.
/// </summary>
[Flags]
public enum MySqlCapabilities : ulong
{
    /// <summary>Nothing is known.</summary>
    None = 0,

    /// <summary>Always set by MySQL; a server that leaves it out is MariaDB and has the extended flags (CLIENT_MYSQL).</summary>
    LongPassword = 1ul << 0,

    /// <summary>Affected rows are found rows.</summary>
    FoundRows = 1ul << 1,

    /// <summary>Long column flags.</summary>
    LongFlag = 1ul << 2,

    /// <summary>The handshake response names a database.</summary>
    ConnectWithDatabase = 1ul << 3,

    /// <summary>database.table.column is not allowed.</summary>
    NoSchema = 1ul << 4,

    /// <summary>zlib compression after login.</summary>
    Compress = 1ul << 5,

    /// <summary>ODBC client.</summary>
    Odbc = 1ul << 6,

    /// <summary>LOAD DATA LOCAL INFILE is allowed.</summary>
    LocalFiles = 1ul << 7,

    /// <summary>Spaces before a parenthesis are ignored.</summary>
    IgnoreSpace = 1ul << 8,

    /// <summary>The protocol of 4.1 and later; nothing older is decoded but its refusals.</summary>
    Protocol41 = 1ul << 9,

    /// <summary>wait_timeout is interactive_timeout.</summary>
    Interactive = 1ul << 10,

    /// <summary>TLS after the SSL request.</summary>
    Ssl = 1ul << 11,

    /// <summary>SIGPIPE is ignored.</summary>
    IgnoreSigpipe = 1ul << 12,

    /// <summary>Status flags in OK and EOF.</summary>
    Transactions = 1ul << 13,

    /// <summary>Authentication of 4.1.</summary>
    SecureConnection = 1ul << 15,

    /// <summary>Several statements in one COM_QUERY.</summary>
    MultiStatements = 1ul << 16,

    /// <summary>Several result sets for COM_QUERY.</summary>
    MultiResults = 1ul << 17,

    /// <summary>Several result sets for COM_STMT_EXECUTE.</summary>
    PreparedMultiResults = 1ul << 18,

    /// <summary>Authentication plugins.</summary>
    PluginAuth = 1ul << 19,

    /// <summary>Connection attributes.</summary>
    ConnectAttributes = 1ul << 20,

    /// <summary>The length of the authentication data is a length-encoded integer.</summary>
    PluginAuthLengthEncoded = 1ul << 21,

    /// <summary>Expired passwords are handled.</summary>
    CanHandleExpiredPasswords = 1ul << 22,

    /// <summary>Session state changes in OK.</summary>
    SessionTrack = 1ul << 23,

    /// <summary>No EOF after column definitions; OK instead of EOF after rows.</summary>
    DeprecateEof = 1ul << 24,

    /// <summary>MySQL: metadata of result sets may be left out.</summary>
    OptionalResultSetMetadata = 1ul << 25,

    /// <summary>MySQL: zstd compression after login.</summary>
    ZstdCompression = 1ul << 26,

    /// <summary>MySQL: COM_QUERY and COM_STMT_EXECUTE carry attributes.</summary>
    QueryAttributes = 1ul << 27,

    /// <summary>MySQL: several authentication factors.</summary>
    MultiFactorAuthentication = 1ul << 28,

    /// <summary>The client verifies the server's certificate; never sent by servers.</summary>
    SslVerifyServerCertificate = 1ul << 30,

    /// <summary>MariaDB: progress reports.</summary>
    MariaDbProgress = 1ul << 32,

    /// <summary>MariaDB: COM_MULTI; it was withdrawn.</summary>
    MariaDbComMulti = 1ul << 33,

    /// <summary>MariaDB: COM_STMT_BULK_EXECUTE.</summary>
    MariaDbBulkOperations = 1ul << 34,

    /// <summary>MariaDB: column definitions carry an extended type.</summary>
    MariaDbExtendedMetadata = 1ul << 35,

    /// <summary>MariaDB: column definitions of prepared statements are sent only when they changed.</summary>
    MariaDbCacheMetadata = 1ul << 36,

    /// <summary>MariaDB: one result for each row of a bulk execute.</summary>
    MariaDbBulkUnitResults = 1ul << 37,
}
