using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Replay.Client.Transport;

namespace Replay.Client.Tests;

public class CertificateTrustTests
{
    [Theory]
    [InlineData("require", SslPolicyErrors.RemoteCertificateNameMismatch | SslPolicyErrors.RemoteCertificateChainErrors, null)]
    [InlineData("verify-ca", SslPolicyErrors.None, null)]
    [InlineData("verify-ca", SslPolicyErrors.RemoteCertificateNameMismatch, null)]
    [InlineData("verify-ca", SslPolicyErrors.RemoteCertificateChainErrors, "does not chain")]
    [InlineData("verify-full", SslPolicyErrors.RemoteCertificateNameMismatch, "does not bear the name")]
    [InlineData("verify-full", SslPolicyErrors.None, null)]
    public void Each_mode_accepts_what_libpq_does(string mode, SslPolicyErrors errors, string? problem)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=elsewhere", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var trust = new CertificateTrust(TargetUrl.Parse($"postgres://bob@h:1/d?sslmode={mode}"));
        Assert.Equal(problem is null, trust.Accepts(this, certificate, null, errors));
        Assert.Contains(problem ?? "", trust.Problem ?? "", StringComparison.Ordinal);
    }
}
