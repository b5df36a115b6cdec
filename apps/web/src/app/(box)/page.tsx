import { Overview } from '@/views/overview';

export default function Page() {
  return <Overview />;
}
