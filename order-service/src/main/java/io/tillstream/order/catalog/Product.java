package io.tillstream.order.catalog;

import io.tillstream.events.Money;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Something for sale. Inactive: kept, but not sold any more. */
public record Product(
        String id,
        String name,
        String description,
        Money price,
        boolean active,
        @Nullable String imageUrl,
        Instant createdAt) {}
