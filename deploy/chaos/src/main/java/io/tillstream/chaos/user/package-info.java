/** What buyers, subscribers, operators and banks do in one step. */
@NullMarked
package io.tillstream.chaos.user;

import org.jspecify.annotations.NullMarked;
