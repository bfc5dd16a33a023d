package io.tillstream.testing;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;

/** Uses a database and a broker as a test would, in a JVM of its own, and says what it saw. */
final class BothServers {

    private BothServers() {}

    public static void main(String[] arguments) throws Exception {
        TestPostgres.Database database = TestPostgres.newDatabase();
        System.out.println("address " + database.url().replaceAll("/[^/]*$", ""));
        System.out.println("address " + TestKafka.bootstrapServers());
        try (var connection = database.connect();
                var statement = connection.createStatement();
                var result = statement.executeQuery("select count(*) from generate_series(1, 3)")) {
            result.next();
            System.out.println("the database counts to " + result.getInt(1));
        }
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", TestKafka.bootstrapServers()))) {
            int nodes =
                    admin.describeCluster().nodes().get(60, TimeUnit.SECONDS).size();
            System.out.println("the broker has " + nodes + " node");
        }
        System.exit(0);
    }
}
