namespace Replay.Replayer.Tests;

public sealed class PostgresScriptTests
{
    [Fact]
    public void StatementsEndOutsideOfQuotesOnly()
    {
        string[] lines =
        [
            "-- roles", "\\restrict abc", "", "CREATE ROLE \"Mary O'Neil\";", "ALTER ROLE a SET x TO 'one;", "-- two'';", "three';", "ALTER ROLE \"b;", "\" SET y TO '1';",
        ];
        Assert.Equal(
            ["CREATE ROLE \"Mary O'Neil\"", "ALTER ROLE a SET x TO 'one;\n-- two'';\nthree'", "ALTER ROLE \"b;\n\" SET y TO '1'"],
            PostgresScript.Split(lines));
    }

    [Theory]
    [InlineData("plain WITH LOGIN", "plain", "WITH LOGIN")]
    [InlineData("plain", "plain", "")]
    [InlineData("\"two words\" SET x TO 1", "two words", "SET x TO 1")]
    [InlineData("\"a \"\"b\"\" c\"", "a \"b\" c", "")]
    public void IdentifiersAreUnquoted(string text, string name, string remainder) => Assert.Equal((name, remainder), PostgresScript.Identifier(text));

    [Theory]
    [InlineData("GRANT a TO b", "GRANT a TO b")]
    [InlineData("GRANT a TO b GRANTED BY c", "GRANT a TO b")]
    [InlineData("GRANT a TO b WITH ADMIN OPTION, INHERIT TRUE GRANTED BY c", "GRANT a TO b WITH ADMIN OPTION")]
    [InlineData("GRANT a TO b WITH INHERIT FALSE GRANTED BY c", "GRANT a TO b")]
    public void MembershipsAreSaidAsEveryVersionUnderstandsThem(string grant, string plain) => Assert.Equal(plain, PostgresRoles.Plain(grant));
}
