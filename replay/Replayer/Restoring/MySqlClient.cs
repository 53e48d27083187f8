using Replay.Client;

namespace Replay.Replayer;

/// <summary>What differs between the two vendors' command-line clients.</summary>
internal static class MySqlClient
{
    /// <summary>The options for a URL's <c>sslmode</c>; the two clients share no spelling.</summary>
    public static string[] TlsArguments(string client, SslMode mode)
    {
        var isMariaDb = Path.GetFileName(client) == "mariadb";
        return mode switch
        {
            SslMode.Disable => [isMariaDb ? "--skip-ssl" : "--ssl-mode=DISABLED"],
            SslMode.Prefer => isMariaDb ? ["--skip-ssl-verify-server-cert"] : ["--ssl-mode=PREFERRED", "--get-server-public-key"],
            SslMode.Require => isMariaDb ? ["--ssl", "--skip-ssl-verify-server-cert"] : ["--ssl-mode=REQUIRED"],
            _ => isMariaDb ? ["--ssl", "--ssl-verify-server-cert"] : ["--ssl-mode=VERIFY_IDENTITY"],
        };
    }
}
