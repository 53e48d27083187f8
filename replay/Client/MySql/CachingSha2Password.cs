using System.Security.Cryptography;
using System.Text;

namespace Replay.Client.MySql;

/// <summary>
/// caching_sha2_password, and what sha256_password shares with it: a proof that suffices while the server remembers the user, else the password itself, over
/// TLS or encrypted with the server's RSA key.
/// <see href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_caching_sha2_authentication_exchanges.html"/>.
/// </summary>
internal static class CachingSha2Password
{
    /// <summary>The plugin's name.</summary>
    public const string Name = "caching_sha2_password";

    /// <summary>The older plugin that has no proof, only the password itself.</summary>
    public const string OlderName = "sha256_password";

    /// <summary>Server: the proof was enough; its OK follows.</summary>
    public const byte FastSucceeded = 3;

    /// <summary>Server: the password itself is needed.</summary>
    public const byte FullNeeded = 4;

    /// <summary>Client: send your public key.</summary>
    public const byte RequestKey = 2;

    /// <summary>Client to sha256_password: send your public key.</summary>
    public const byte OlderRequestKey = 1;

    /// <summary>SHA256(password) XOR SHA256(SHA256(SHA256(password)) + challenge); nothing for an empty password.</summary>
    public static byte[] Answer(ReadOnlySpan<byte> password, ReadOnlySpan<byte> challenge)
    {
        if (password.IsEmpty)
        {
            return [];
        }

        var proof = SHA256.HashData(password);
        var mask = SHA256.HashData([.. SHA256.HashData(SHA256.HashData(password)), .. challenge]);
        for (var i = 0; i < proof.Length; i++)
        {
            proof[i] ^= mask[i];
        }

        return proof;
    }

    /// <summary>The password for the server alone: mixed with the challenge and encrypted with its key. Null if the key cannot be read.</summary>
    public static byte[]? Encrypt(ReadOnlySpan<byte> password, ReadOnlySpan<byte> challenge, ReadOnlySpan<byte> pem)
    {
        byte[] mixed = [.. password, 0];
        for (var i = 0; i < mixed.Length; i++)
        {
            mixed[i] ^= challenge[i % challenge.Length];
        }

        try
        {
            using var key = RSA.Create();
            key.ImportFromPem(Encoding.ASCII.GetString(pem));
            return key.Encrypt(mixed, RSAEncryptionPadding.OaepSHA1);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return null;
        }
    }
}
