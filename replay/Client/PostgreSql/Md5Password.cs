using System.Security.Cryptography;
using System.Text;

namespace Replay.Client.PostgreSql;

/// <summary>AuthenticationMD5Password's answer: md5(md5(password user) salt) in hexadecimal digits behind the word md5.</summary>
internal static class Md5Password
{
#pragma warning disable CA5351 // The protocol prescribes MD5.
    public static byte[] Answer(string user, string password, ReadOnlySpan<byte> salt)
    {
        var inner = Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(password + user)));
        return Encoding.ASCII.GetBytes("md5" + Convert.ToHexStringLower(MD5.HashData([.. Encoding.ASCII.GetBytes(inner), .. salt])));
    }
#pragma warning restore CA5351
}
