namespace Replay.Sql.Tests.Access;

public class StepTests
{
    [Theory]
    [InlineData("update t set n = n + 1 where id = 5 returning n", "n+l0", "n")]
    [InlineData("update t set a = 1, n = t.n - $2, m = 1 + m where id = $1 returning t.n, id", "n-p1", "n id")]
    [InlineData("update t as x set n = x.n + $1 where id = 5 returning x.n, n + 1, y.n, n as m", "n+p0", "n ? ? ?")]
    [InlineData("update t set n=n+1 where id = 5 returning *", "n+l0", "*")]
    [InlineData("update t set n = m + 1, m = n * 2, o = o + f(1), p = p + 1 + 1 where id = (select max(id) from t) returning f(a, b), n", "", "? n")]
    [InlineData("update t set n = n + 1", "n+l0", "")]
    [InlineData("delete from t where id = 5 returning n", "", "n")]
    public void WhatIsAddedAndReturnedIsTold(string sql, string steps, string returning)
    {
        var table = Accesses.Of(SqlDialect.PostgreSql, sql).Statements[0].Tables[0];
        Assert.Equal(steps, string.Join(' ', (table.Set ?? []).Where(s => s.Step is not null).Select(s => $"{s.Column}{(s.Step!.IsSubtracted ? '-' : '+')}{(s.Step.By.Kind == SqlValueKind.Parameter ? 'p' : 'l')}{s.Step.By.Index}")));
        Assert.Equal(returning, string.Join(' ', table.Returning.Select(r => r ?? "?")));
    }
}
