import { Interfaces } from '@/views/interfaces';

export default function Page() {
  return <Interfaces />;
}
