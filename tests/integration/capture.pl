#!/usr/bin/perl
# capture.pl DIR ID key=value...: a message on standard input -> DIR/ID.<pid>.eml, octet for octet, and the key=values, which are
# its envelope as Postfix tells it, -> DIR/ID.<pid>.json. The .json is complete before the .eml appears. Needs perl-base only.
use strict;
use warnings;
binmode STDIN;
umask 0022;
my ($dir, $id, @fields) = @ARGV;

sub quoted {
  my ($text) = @_;
  $text =~ s/([\\"])/\\$1/g;
  $text =~ s/([\x00-\x1f])/sprintf("\\u%04x", ord $1)/ge;
  return qq("$text");
}
my $content = do { local $/; <STDIN> } // '';
my $envelope = join(', ', map { my ($key, $value) = split /=/, $_, 2; quoted($key) . ': ' . quoted($value // '') } @fields);
for (['json', "{ $envelope }\n"], ['eml', $content]) {
  my ($extension, $data) = @$_;
  my $name = "$id.$$.$extension";
  open my $file, '>:raw', "$dir/.$name" or exit 75;
  print $file $data;
  close $file or exit 75;
  rename "$dir/.$name", "$dir/$name" or exit 75;
}
