using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Replay.Client.Transport;

/// <summary>Decides on a server's certificate as libpq's sslmode does.</summary>
internal sealed class CertificateTrust(TargetUrl url)
{
    /// <summary>Why it was refused, in one line; null as long as none was.</summary>
    public string? Problem { get; private set; }

    public bool Accepts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (url.SslMode < SslMode.VerifyCa)
        {
            return true;
        }

        if (certificate is null)
        {
            Problem = $"{url.Host}:{url.Port} showed no certificate";
            return false;
        }

        if (!IsChained(certificate, errors))
        {
            Problem = $"the certificate of {url.Host}:{url.Port} does not chain to a trusted authority (sslrootcert names a file of them)";
            return false;
        }

        if (url.SslMode == SslMode.VerifyFull && errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            Problem = $"the certificate of {url.Host}:{url.Port} does not bear the name '{url.Host}' (sslmode=verify-ca does not ask for it)";
            return false;
        }

        return true;
    }

    private bool IsChained(X509Certificate certificate, SslPolicyErrors errors)
    {
        if (url.RootCertificateFile is null)
        {
            return !errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors);
        }

        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        own.ChainPolicy.CustomTrustStore.ImportFromPemFile(url.RootCertificateFile);
        using var copy = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return own.Build(copy);
    }
}
