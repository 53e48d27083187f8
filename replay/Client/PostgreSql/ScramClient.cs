using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Replay.Protocol.Buffers;

namespace Replay.Client.PostgreSql;

/// <summary>
/// SCRAM-SHA-256 and, over TLS, SCRAM-SHA-256-PLUS with tls-server-end-point: <see href="https://www.rfc-editor.org/rfc/rfc5802"/>,
/// <see href="https://www.postgresql.org/docs/current/sasl-authentication.html"/>.
/// </summary>
internal sealed class ScramClient
{
    private const string Plain = "SCRAM-SHA-256";
    private const string Plus = "SCRAM-SHA-256-PLUS";

    // A server that asks for more would hold the client up for seconds.
    private const int MaxIterations = 10_000_000;

    private readonly string _password;
    private readonly byte[] _binding;
    private readonly string _header;
    private readonly string _bare;
    private byte[] _serverSignature = [];

    private ScramClient(string mechanism, string password, string header, byte[] binding, string nonce)
    {
        Mechanism = mechanism;
        _password = password;
        _header = header;
        _binding = binding;
        // PostgreSQL takes the user from the start-up message and wants none here.
        _bare = $"n=,r={nonce}";
    }

    /// <summary>The mechanism chosen.</summary>
    public string Mechanism { get; }

    /// <summary>Chooses among the mechanisms that AuthenticationSASL lists; null if none is known.</summary>
    public static ScramClient? Choose(ReadOnlySpan<byte> mechanisms, string password, X509Certificate? serverCertificate, string? nonce = null)
    {
        nonce ??= Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));
        bool hasPlain = false, hasPlus = false;
        var reader = new SpanReader(mechanisms);
        for (var name = reader.ReadZeroTerminated(); name.Length > 0; name = reader.ReadZeroTerminated())
        {
            hasPlain |= name.SequenceEqual("SCRAM-SHA-256"u8);
            hasPlus |= name.SequenceEqual("SCRAM-SHA-256-PLUS"u8);
        }

        if (hasPlus && serverCertificate is not null)
        {
            return new ScramClient(Plus, password, "p=tls-server-end-point,,", ChannelBinding.ServerEndPoint(serverCertificate), nonce);
        }

        // "y" tells a server that offers PLUS that this client could, had the offer arrived: a downgrade is noticed.
        return hasPlain ? new ScramClient(Plain, password, serverCertificate is null ? "n,," : "y,,", [], nonce) : null;
    }

    /// <summary>client-first-message.</summary>
    public byte[] First() => Encoding.ASCII.GetBytes(_header + _bare);

    /// <summary>client-final-message for a server-first-message; null if that cannot be understood.</summary>
    public byte[]? Answer(ReadOnlySpan<byte> serverFirst)
    {
        var text = Encoding.UTF8.GetString(serverFirst);
        var nonce = Attribute(text, 'r');
        if (nonce is null || !nonce.StartsWith(_bare[5..], StringComparison.Ordinal) || !int.TryParse(Attribute(text, 'i'), out var iterations) || iterations is < 1 or > MaxIterations)
        {
            return null;
        }

        var salt = new byte[256];
        if (!Convert.TryFromBase64String(Attribute(text, 's') ?? "", salt, out var saltLength) || saltLength == 0)
        {
            return null;
        }

        var keys = ScramKeys.For(_password, salt.AsSpan(0, saltLength), iterations);
        var binding = Convert.ToBase64String([.. Encoding.ASCII.GetBytes(_header), .. _binding]);
        var withoutProof = $"c={binding},r={nonce}";
        var signed = Encoding.UTF8.GetBytes($"{_bare},{text},{withoutProof}");
        var proof = HMACSHA256.HashData(keys.StoredKey, signed);
        for (var i = 0; i < proof.Length; i++)
        {
            proof[i] ^= keys.ClientKey[i];
        }

        _serverSignature = HMACSHA256.HashData(keys.ServerKey, signed);
        return Encoding.UTF8.GetBytes($"{withoutProof},p={Convert.ToBase64String(proof)}");
    }

    /// <summary>Whether the server-final-message proves that the server knows the password's keys.</summary>
    public bool IsServerProven(ReadOnlySpan<byte> serverFinal)
    {
        var signature = new byte[64];
        return Convert.TryFromBase64String(Attribute(Encoding.UTF8.GetString(serverFinal), 'v') ?? "", signature, out var length)
            && _serverSignature.Length > 0
            && CryptographicOperations.FixedTimeEquals(signature.AsSpan(0, length), _serverSignature);
    }

    private static string? Attribute(string message, char name)
    {
        foreach (var part in message.Split(','))
        {
            if (part.Length >= 2 && part[0] == name && part[1] == '=')
            {
                return part[2..];
            }
        }

        return null;
    }
}
