using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Replay.Client.PostgreSql;

/// <summary>tls-server-end-point: a hash of the server's certificate. <see href="https://www.rfc-editor.org/rfc/rfc5929#section-4"/></summary>
internal static class ChannelBinding
{
    private const string Sha384Rsa = "1.2.840.113549.1.1.12";
    private const string Sha512Rsa = "1.2.840.113549.1.1.13";
    private const string Sha384Ecdsa = "1.2.840.10045.4.3.3";
    private const string Sha512Ecdsa = "1.2.840.10045.4.3.4";

    /// <summary>The hash function is that of the certificate's signature; SHA-256 where that is weaker or has none.</summary>
    public static byte[] ServerEndPoint(X509Certificate certificate)
    {
        var bytes = certificate.GetRawCertData();
        using var parsed = X509CertificateLoader.LoadCertificate(bytes);
        return parsed.SignatureAlgorithm.Value switch
        {
            Sha384Rsa or Sha384Ecdsa => SHA384.HashData(bytes),
            Sha512Rsa or Sha512Ecdsa => SHA512.HashData(bytes),
            _ => SHA256.HashData(bytes),
        };
    }
}
