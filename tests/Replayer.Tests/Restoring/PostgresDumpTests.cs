using System.Text;

namespace Replay.Replayer.Tests;

public sealed class PostgresDumpTests
{
    [Theory]
    [InlineData("--\nSET statement_timeout = 0;\nSET transaction_timeout = 0;\nSET x = 1;\n", "--\nSET statement_timeout = 0;\nSET x = 1;\n")]
    [InlineData("SET x = 1;\nSELECT 1;", "SET x = 1;\nSELECT 1;")]
    [InlineData("a\nSET transaction_timeout = 0;", "a\n")]
    [InlineData("", "")]
    public async Task TheSettingThatOlderServersRefuseIsTakenOut(string script, string expected)
    {
        using var output = new MemoryStream();
        await PostgresDump.FilterAsync(new MemoryStream(Encoding.UTF8.GetBytes(script)), output);
        Assert.Equal(expected, Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact]
    public async Task AllElseGoesThroughByteByByte()
    {
        var script = new byte[300_000];
        new Random(5).NextBytes(script);
        using var output = new MemoryStream();
        await PostgresDump.FilterAsync(new MemoryStream(script), output);
        Assert.Equal(script, output.ToArray());
    }

    [Theory]
    [InlineData(
        "CREATE DATABASE shop WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE_PROVIDER = libc LOCALE = 'C.UTF-8';",
        " ENCODING = 'UTF8' LC_COLLATE = 'C.UTF-8' LC_CTYPE = 'C.UTF-8'")]
    [InlineData(
        "CREATE DATABASE shop WITH TEMPLATE = template0 ENCODING = 'LATIN1' LC_COLLATE = 'C' LC_CTYPE = 'de_DE';",
        " ENCODING = 'LATIN1' LC_COLLATE = 'C' LC_CTYPE = 'de_DE'")]
    [InlineData("CREATE DATABASE shop;", "")]
    public void EncodingAndLocaleAreTakenFromTheDump(string statement, string traits) => Assert.Equal(traits, PostgresDump.Traits(statement));
}
