using System.Text;
using Replay.TestKit.Scripted;
using Replay.Workload;

namespace Replay.Protocol.Tests.MySql;

public sealed class SecretTests
{
    [Theory]
    [InlineData("create user ann@'%' identified by 's3cret'")]
    [InlineData("CREATE USER IF NOT EXISTS ann IDENTIFIED WITH caching_sha2_password AS 's3cret'")]
    [InlineData("create user ann identified with x as 0x733363726574")]
    [InlineData("alter user ann identified by 'new' replace 's3cret'")]
    [InlineData("/*!80000 alter user ann identified by 's3cret' */")]
    [InlineData("grant all on *.* to ann identified by 's3cret' with grant option")]
    [InlineData("set password for ann = password('s3cret')")]
    [InlineData("select 1; set password = 's3cret'")]
    [InlineData("change master to master_host = 'h', master_password = 's3cret'")]
    [InlineData("CHANGE REPLICATION SOURCE TO SOURCE_PASSWORD='s3cret'")]
    [InlineData("start group_replication user='u', password='s3cret'")]
    [InlineData("create server s foreign data wrapper mysql options (user 'u', password 's3cret')")]
    [InlineData("clone instance from u@h:3306 identified by 's3cret'")]
    [InlineData("update mysql.user set password = password('s3cret') where user = 'ann'")]
    [InlineData("insert into `mysql`.`user` (user, password) values ('ann', 's3cret')")]
    [InlineData("alter user ann identified by 'a\\'s3cret'")]
    public void PasswordsAreMaskedWhereTheyAreSet(string sql)
    {
        var (sink, _) = MySqlScript.LoggedIn().Client(MySqlWire.Query(sql)).Server(MySqlWire.Ok(1)).Client(MySqlWire.Prepare(sql)).Server(MySqlWire.Error(1, 1295, "no")).Play();

        Assert.Equal(2, sink.Exchanges.Count);
        foreach (var exchange in sink.Exchanges)
        {
            Assert.True(exchange.Flags.HasFlag(ExchangeFlags.Masked));
            Assert.Equal(sql.Length, exchange.Text.Length);
            Assert.DoesNotContain("s3cret", exchange.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("733363726574", exchange.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("s3cret", Encoding.UTF8.GetString(exchange.Request), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("select * from users where password = 's3cret'")]
    [InlineData("insert into users (name, password) values ('ann', 's3cret')")]
    [InlineData("update users set password = 's3cret' where id = 0x10")]
    [InlineData("create table t (password varchar(30) default 's3cret')")]
    public void TheApplicationsOwnDataIsLeftAlone(string sql)
    {
        var (sink, _) = MySqlScript.LoggedIn().Client(MySqlWire.Query(sql)).Server(MySqlWire.Ok(1)).Play();

        Assert.Equal((sql, false), (sink.Exchanges[0].Text, sink.Exchanges[0].Flags.HasFlag(ExchangeFlags.Masked)));
    }
}
