using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Replay.Client.PostgreSql;

/// <summary>
/// What SCRAM derives from a password. The derivation is slow on purpose (thousands of hashes), and the same for every connection of a user: it is
/// done once, so that logins during a run do not take the time of others.
/// </summary>
internal sealed class ScramKeys
{
    // A replay has as many users as the captured server has roles that log in.
    private const int MaxCached = 1024;

    private static readonly ConcurrentDictionary<string, ScramKeys> Cache = new(StringComparer.Ordinal);

    private ScramKeys(byte[] salted)
    {
        ClientKey = HMACSHA256.HashData(salted, "Client Key"u8);
        StoredKey = SHA256.HashData(ClientKey);
        ServerKey = HMACSHA256.HashData(salted, "Server Key"u8);
    }

    public byte[] ClientKey { get; }

    public byte[] StoredKey { get; }

    public byte[] ServerKey { get; }

    public static ScramKeys For(string password, ReadOnlySpan<byte> salt, int iterations)
    {
        // The cache's key is a hash: no password is kept by it.
        var key = Convert.ToBase64String(SHA256.HashData([.. Encoding.UTF8.GetBytes(password), 0, .. salt, .. BitConverter.GetBytes(iterations)]));
        if (Cache.TryGetValue(key, out var known))
        {
            return known;
        }

        if (Cache.Count >= MaxCached)
        {
            Cache.Clear();
        }

        var made = new ScramKeys(Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, iterations, HashAlgorithmName.SHA256, 32));
        return Cache.GetOrAdd(key, made);
    }
}
