using Replay.Protocol.MySql;

namespace Replay.Client.MySql;

/// <summary>
/// What to ask the server for: what the captured session had, as far as this server has it, so that requests and responses keep their layout.
/// </summary>
internal readonly record struct CapabilityChoice(MySqlCapabilities InForce, MySqlCapabilities Lacking)
{
    /// <summary>Without these there is no conversation with any server since 4.1.</summary>
    private const MySqlCapabilities Needed = MySqlCapabilities.Protocol41 | MySqlCapabilities.SecureConnection | MySqlCapabilities.PluginAuth
        | MySqlCapabilities.PluginAuthLengthEncoded | MySqlCapabilities.LongFlag | MySqlCapabilities.Transactions;

    /// <summary>What a session gets of which nothing is known: what most clients of today ask for, and nothing that changes the layout of requests.</summary>
    private const MySqlCapabilities Usual = MySqlCapabilities.MultiStatements | MySqlCapabilities.MultiResults | MySqlCapabilities.PreparedMultiResults
        | MySqlCapabilities.LocalFiles | MySqlCapabilities.DeprecateEof;

    /// <summary>The connection's own business, or of the login alone: asked for as this connection needs it, whatever was captured.</summary>
    private const MySqlCapabilities OwnBusiness = MySqlCapabilities.Ssl | MySqlCapabilities.Compress | MySqlCapabilities.ZstdCompression
        | MySqlCapabilities.ConnectWithDatabase | MySqlCapabilities.ConnectAttributes | MySqlCapabilities.MultiFactorAuthentication
        | MySqlCapabilities.CanHandleExpiredPasswords | MySqlCapabilities.SslVerifyServerCertificate | MySqlCapabilities.MariaDbComMulti
        | MySqlCapabilities.LongPassword;

    private const MySqlCapabilities MariaDbOnly = (MySqlCapabilities)(0xFFFFFFFFul << 32);

    /// <summary>Chooses. <paramref name="captured"/> is 0 if it is not known.</summary>
    public static CapabilityChoice Of(MySqlCapabilities captured, MySqlCapabilities server, bool useTls, bool hasDatabase, bool hasAttributes)
    {
        var wanted = (captured == MySqlCapabilities.None ? Usual : captured & ~OwnBusiness) | Needed;
        wanted |= hasDatabase ? MySqlCapabilities.ConnectWithDatabase : MySqlCapabilities.None;
        var isMariaDb = (server & MySqlCapabilities.LongPassword) == 0;
        var asked = wanted & server;
        asked |= hasAttributes ? server & MySqlCapabilities.ConnectAttributes : MySqlCapabilities.None;
        asked |= useTls ? MySqlCapabilities.Ssl : MySqlCapabilities.None;
        // MariaDB reads its extended flags only from clients that leave this one out.
        asked = isMariaDb && (asked & MariaDbOnly) != 0 ? asked & ~MySqlCapabilities.LongPassword : asked | MySqlCapabilities.LongPassword;
        return new CapabilityChoice(asked, wanted & ~server);
    }
}
