package io.tillstream.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What would keep a shop's operators waiting in some years is seen in a table without a row. */
class QueryPlanIT {

    private static Connection connection;

    @BeforeAll
    static void tables() throws SQLException {
        TestPostgres.Database database = TestPostgres.newDatabase();
        connection = DriverManager.getConnection(
                "jdbc:" + database.url() + ExplainedStatements.SIMPLE, database.user(), database.password());
        try (Statement statement = connection.createStatement()) {
            statement.execute("""
                    create table bills (id bigint primary key, payer text, status text, made timestamptz, due timestamptz);
                    create index bills_newest on bills (made desc, id desc);
                    create index bills_of_status on bills (status, made desc, id desc);
                    create index bills_due on bills (due) where due is not null;
                    create table plans (id text primary key, name text);
                    set enable_seqscan = off
                    """);
        }
    }

    @AfterAll
    static void close() throws SQLException {
        connection.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select * from bills where id = $1",
                "select * from bills order by made desc, id desc limit $1",
                "select * from bills where status = $1 and (made, id) < ($2, $3) order by made desc, id desc limit 20",
                "select count(*) from bills where due is not null",
                "update bills set due = null where id = any(array(select id from bills where due < $1 limit 5))",
                "select * from plans where name = $1"
            })
    void whatHasAnIndexToGoByIsFine(String sql) throws SQLException {
        assertThat(fault(sql)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select * from bills where payer = $1",
                "select * from bills where payer = $1 order by made desc, id desc limit 20",
                "select * from bills where ($1::text is null or status = $1) order by made desc, id desc limit 20",
                "delete from bills where payer = $1",
                "select count(*) from bills"
            })
    void whatHasNoneIsSeenThoughTheTableIsEmpty(String sql) throws SQLException {
        assertThat(fault(sql)).contains("bills");
    }

    @Test
    void theIndexThatIsReadFromEndToEndIsNamed() throws SQLException {
        assertThat(fault("select * from bills where payer = $1 order by made desc, id desc limit 20"))
                .isEqualTo("reads the whole index bills_newest");
    }

    private static String fault(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet plan = statement.executeQuery("explain (generic_plan, format json) " + sql)) {
            assertThat(plan.next()).isTrue();
            return QueryPlan.of(plan.getString(1)).fault(connection);
        }
    }
}
