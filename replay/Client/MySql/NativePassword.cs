using System.Security.Cryptography;

namespace Replay.Client.MySql;

/// <summary>
/// mysql_native_password: SHA1(password) XOR SHA1(challenge + SHA1(SHA1(password))).
/// <see href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_authentication_methods_native_password_authentication.html"/>.
/// </summary>
internal static class NativePassword
{
    /// <summary>The plugin's name.</summary>
    public const string Name = "mysql_native_password";

#pragma warning disable CA5350 // the protocol's own choice of SHA-1
    /// <summary>What proves the password without showing it; nothing for an empty password.</summary>
    public static byte[] Answer(ReadOnlySpan<byte> password, ReadOnlySpan<byte> challenge)
    {
        if (password.IsEmpty)
        {
            return [];
        }

        var once = SHA1.HashData(password);
        var proof = SHA1.HashData([.. challenge, .. SHA1.HashData(once)]);
        for (var i = 0; i < proof.Length; i++)
        {
            proof[i] ^= once[i];
        }

        return proof;
    }
#pragma warning restore CA5350
}
