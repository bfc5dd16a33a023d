package io.tillstream.migration;

import org.flywaydb.core.Flyway;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.context.annotation.Bean;

/** Every service that has tables makes them under {@link MigrationLock}. */
@AutoConfiguration(before = FlywayAutoConfiguration.class)
@ConditionalOnClass({Flyway.class, FlywayMigrationStrategy.class})
class MigrationAutoConfiguration {

    @Bean
    FlywayMigrationStrategy oneAtATime() {
        return flyway -> new MigrationLock(flyway.getConfiguration().getDataSource()).during(() -> migrate(flyway));
    }

    private static void migrate(Flyway flyway) {
        FailedMigrations.forget(flyway.getConfiguration());
        flyway.migrate();
    }
}
