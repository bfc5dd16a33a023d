package io.tillstream.subscription.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

class DunningPoliciesTest {

    /** Everybody's access would go on by the former policy until the next look. */
    @Test
    void aSlowReadDoesNotTakeBackThePolicyThatALaterOneFound() {
        DunningAccessPolicy file = mock(DunningAccessPolicy.class);
        DunningAccessPolicy newer = mock(DunningAccessPolicy.class);
        AdoptedPolicies table = mock(AdoptedPolicies.class);
        Sinks.Many<AdoptedPolicy> slow = Sinks.many().unicast().onBackpressureBuffer();
        AdoptedPolicy adopted = new AdoptedPolicy(UUID.randomUUID(), newer, Instant.EPOCH, new UUID(0, 0), 0, null);
        when(table.all()).thenReturn(slow.asFlux()).thenReturn(Flux.just(adopted));
        DunningPolicies policies = new DunningPolicies(table, file, Clock.systemUTC());

        var slowRead = policies.refresh().subscribe();
        var quickRead = policies.refresh().block();
        slow.tryEmitComplete().orThrow();

        assertThat(policies.inForce().block()).isSameAs(newer);
    }
}
